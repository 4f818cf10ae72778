/** The menus, panels and dialogs of the room. They are loaded together: see onDemand.ts. */

export { AgentPanel } from "./AgentPanel.tsx";
export { CommandMenu } from "./CommandMenu.tsx";
export { ModeMenu } from "./ModeMenu.tsx";
export { MoreMenu } from "./MoreMenu.tsx";
export { PersonMenu } from "./PersonMenu.tsx";
export { PictureDialog } from "./items/PictureDialog.tsx";
export { RemoveDialog } from "./RemoveDialog.tsx";
export { RoomDialog } from "./RoomDialog.tsx";
export { SignInDialog } from "./SignInDialog.tsx";
