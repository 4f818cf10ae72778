import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import remarkGfm from "remark-gfm";

import { t } from "../texts.ts";
import { markHidden } from "./markHidden.ts";
import { SafeLink } from "./SafeLink.tsx";

// Raw HTML stays text, since no plugin reads it. Pictures are not loaded: the
// agent could make every reader's browser call home with them.
const components: Components = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ alt, src }) => (
    <SafeLink href={typeof src === "string" ? src : undefined}>
      {t.agentSays.noRemote(alt || String(src ?? ""))}
    </SafeLink>
  ),
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
  table: ({ children }) => (
    <div className="md-table" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  // Headings inside a message must not compete with those of the page.
  h1: ({ children }) => <p className="md-h md-h1">{children}</p>,
  h2: ({ children }) => <p className="md-h md-h2">{children}</p>,
  h3: ({ children }) => <p className="md-h">{children}</p>,
  h4: ({ children }) => <p className="md-h">{children}</p>,
  h5: ({ children }) => <p className="md-h">{children}</p>,
  h6: ({ children }) => <p className="md-h">{children}</p>,
};

function Markdown({ text }: { text: string }) {
  return (
    <div className="md">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[rehypeHighlight, markHidden]}
        components={components}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}

export default memo(Markdown);
