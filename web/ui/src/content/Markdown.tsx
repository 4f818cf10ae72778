import { memo, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

import { marked } from "../core/visible.ts";
import { useKeptScroll } from "../parts/keptScroll.ts";
import { t } from "../texts.ts";
import { CodeBlock } from "./CodeBlock.tsx";
import { direct } from "./direct.ts";
import { markHidden } from "./markHidden.ts";
import { SafeLink } from "./SafeLink.tsx";
import { useHighlight } from "./useHighlight.ts";

// Raw HTML stays text, since no plugin parses it. Pictures are not loaded: the agent
// could make the browser of every reader call home with them.
const components: Components = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ alt, src }) => (
    <SafeLink href={typeof src === "string" ? src : undefined}>
      {t.agentSays.noRemote(marked(alt || String(src ?? "")))}
    </SafeLink>
  ),
  pre: ({ node, children }) => (node ? <CodeBlock node={node}>{children}</CodeBlock> : null),
  table: ({ node, children, dir }) => (
    <Table at={node?.position?.start.offset ?? 0} dir={dir}>
      {children}
    </Table>
  ),
  // Headings in a message must not compete with those of the page.
  h1: heading("md-h md-h1"),
  h2: heading("md-h md-h2"),
  h3: heading("md-h"),
  h4: heading("md-h"),
  h5: heading("md-h"),
  h6: heading("md-h"),
};

function Table({
  at,
  dir,
  children,
}: {
  at: number;
  dir?: string | undefined;
  children?: ReactNode;
}) {
  return (
    <div
      ref={useKeptScroll(`table ${at}`)}
      className="md-table"
      tabIndex={0}
      role="region"
      aria-label={t.agentSays.table}
    >
      <table dir={dir}>{children}</table>
    </div>
  );
}

function heading(className: string) {
  return ({ children, dir }: { children?: ReactNode; dir?: string | undefined }) => (
    <p className={className} dir={dir}>
      {children}
    </p>
  );
}

// A single tilde means "about".
const gfm: [typeof remarkGfm, { singleTilde: boolean }] = [remarkGfm, { singleTilde: false }];

const mayHoldCode = /```|~~~/;

/** One block of markdown, for a box with the class md. */
function Markdown({ text }: { text: string }) {
  const highlight = useHighlight(mayHoldCode.test(text));
  return (
    <ReactMarkdown
      remarkPlugins={[gfm]}
      rehypePlugins={highlight ? [() => highlight, direct, markHidden] : [direct, markHidden]}
      components={components}
    >
      {text}
    </ReactMarkdown>
  );
}

export default memo(Markdown);
