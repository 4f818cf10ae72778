import "./styles/index.ts";

import { createRoot } from "react-dom/client";

import { App } from "./app.tsx";
import { openPlace } from "./session/openPlace.ts";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App place={openPlace()} />);
