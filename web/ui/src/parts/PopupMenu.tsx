import { Menu, Popover } from "@mantine/core";
import {
  useEffect,
  useImperativeHandle,
  useState,
  type ReactNode,
  type Ref,
  type RefObject,
} from "react";

import { dropHeldKey, type PopupProps } from "./Popup.tsx";

// This file is large with what it imports: only what is loaded lazily may import it.

type MenuProps = PopupProps & {
  position: "bottom-end" | "top-start";
  width?: number;
  className?: string;
  children: ReactNode;
};

/** The menu of a Popup. */
export function PopupMenu({ className, children, ...popup }: MenuProps) {
  const { id, button, onClose, onFailed: _, ...rest } = popup;
  const opened = useOpened(popup.opened);
  return (
    <Menu {...rest} id={id} opened={opened} onChange={(open) => open || onClose()}>
      <Menu.Target>
        <Existing element={button} />
      </Menu.Target>
      <Menu.Dropdown className={className} onKeyDown={dropHeldKey}>
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}

type PanelProps = PopupProps & {
  label: string;
  width: number;
  className: string;
  children: ReactNode;
};

/** The panel of a Popup. */
export function PopupPanel({ label, width, className, children, ...popup }: PanelProps) {
  const { id, button, onClose } = popup;
  const opened = useOpened(popup.opened);
  return (
    <Popover
      id={id}
      opened={opened}
      onChange={(open) => open || onClose()}
      position="bottom-start"
      width={width}
      trapFocus
      returnFocus
      shadow="md"
    >
      <Popover.Target>
        <Existing element={button} />
      </Popover.Target>
      <Popover.Dropdown className={className} aria-label={label} onKeyDown={dropHeldKey}>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}

/** Gives Mantine an element that is there already, and leaves its properties as they are. */
function Existing({
  element,
  ref,
}: {
  element: RefObject<HTMLButtonElement | null>;
  ref?: Ref<HTMLButtonElement | null>;
}) {
  useImperativeHandle<HTMLButtonElement | null, HTMLButtonElement | null>(
    ref,
    () => element.current,
    [element],
  );
  return null;
}

/** Opens a popup only after it is mounted: Mantine then notes where the focus was. */
function useOpened(opened: boolean): boolean {
  const [shown, setShown] = useState(false);
  useEffect(() => setShown(opened), [opened]);
  return shown;
}
