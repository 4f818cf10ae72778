import type { ChangesAnswer } from "parley-client";

import { bytes } from "../../core/format.ts";
import { marked } from "../../core/visible.ts";
import { t } from "../../texts.ts";

/** The files that are not compared, and why. */
export function Unread({ answer: { unread, unreadMore } }: { answer: ChangesAnswer }) {
  if (unread.length === 0) return null;
  return (
    <details className="review-unread">
      <summary>{t.review.unread(unread.length + unreadMore)}</summary>
      <ul>
        {unread.map((f) => (
          <li key={f.path}>
            {t.review.unreadOne(marked(f.path), bytes(f.size), marked(f.reason))}
          </li>
        ))}
      </ul>
    </details>
  );
}
