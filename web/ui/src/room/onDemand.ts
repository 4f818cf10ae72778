/** What the room loads when it is needed, or when the browser is idle. */

import { lazily } from "../parts/lazily.tsx";
import { lazyDialog } from "../parts/lazyDialog.tsx";
import { UnloadedPopup } from "../parts/Popup.tsx";

const popups = () => import("./popups.ts");

export const AgentPanel = lazily(
  async () => ({ default: (await popups()).AgentPanel }),
  UnloadedPopup,
);
export const CommandMenu = lazily(
  async () => ({ default: (await popups()).CommandMenu }),
  UnloadedPopup,
);
export const ModeMenu = lazily(async () => ({ default: (await popups()).ModeMenu }), UnloadedPopup);
export const MoreMenu = lazily(async () => ({ default: (await popups()).MoreMenu }), UnloadedPopup);
export const PersonMenu = lazily(
  async () => ({ default: (await popups()).PersonMenu }),
  UnloadedPopup,
);
export const PictureDialog = lazyDialog(async () => ({ default: (await popups()).PictureDialog }));
export const RemoveDialog = lazyDialog(async () => ({ default: (await popups()).RemoveDialog }));
export const RoomDialog = lazyDialog(async () => ({ default: (await popups()).RoomDialog }));
export const SignInDialog = lazyDialog(async () => ({ default: (await popups()).SignInDialog }));
