import type { ReactNode } from "react";

import { Brand } from "./Brand.tsx";
import { ThemeSelect } from "./ThemeSelect.tsx";
import "./Page.css";

/** The frame of every page except the room. */
export function Page({ children, narrow = false }: { children: ReactNode; narrow?: boolean }) {
  return (
    <div className="page">
      <header className="page-header">
        <Brand />
        <ThemeSelect />
      </header>
      <main className={narrow ? "page-main page-narrow" : "page-main"}>{children}</main>
    </div>
  );
}
