import type { ReactNode } from "react";

import { isSafeLink } from "../core/links.ts";
import { marked } from "../core/visible.ts";

/** A link in untrusted text. An address that could run a script is shown as text. */
export function SafeLink({ href, children }: { href: string | undefined; children: ReactNode }) {
  if (!isSafeLink(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={marked(href)}>
      {children}
    </a>
  );
}
