import { Button, type ButtonProps } from "@mantine/core";
import {
  createContext,
  useCallback,
  useContext,
  useMemo,
  useRef,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
} from "react";

import { hotkeyOf, mustDrop, type Field } from "../../core/cardKeys.ts";
import { settleMs } from "../../core/guard.ts";
import { Icon } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";
import { useGuard } from "./useGuard.ts";
import "./DecisionCard.css";

interface CardTools {
  /** Whether a press on the card's buttons counts. */
  settled: boolean;
  /** Reports whether a click counts. Other clicks were meant for something else. */
  allows(e: MouseEvent): boolean;
  /** Must be called when the buttons have changed their places. */
  rearrange(): void;
  /** Moves the focus from the card to its row, which remains when the card is gone. */
  leave(): void;
}

const CardContext = createContext<CardTools | null>(null);

export function useCard(): CardTools {
  const card = useContext(CardContext);
  if (!card) throw new Error("useCard is used outside of a card");
  return card;
}

interface Props {
  label: string;
  /** What is decided on. When it becomes another value, clicks do not count for a moment. */
  about: unknown;
  children: ReactNode;
}

/** A card in the timeline on which the user decides. */
export function DecisionCard({ label, about, children }: Props) {
  const card = useRef<HTMLElement>(null);
  const { guard, settled, look } = useGuard(card, about);
  const pressed = useRef<boolean | null>(null);
  const focusedAt = useRef(-Infinity);

  const rearrange = useCallback(() => guard.rearrange(), [guard]);
  const tools = useMemo<CardTools>(
    () => ({
      settled,
      allows: (e) => {
        const press = pressed.current;
        pressed.current = null;
        // A click without a pointer comes from a key or from a screen reader.
        if (e.detail === 0) return guard.allowsKey(e.timeStamp);
        look();
        return press !== false && guard.allowsPress(e.timeStamp, { x: e.clientX, y: e.clientY });
      },
      rearrange,
      leave: () => card.current?.closest<HTMLElement>(".row")?.focus({ preventScroll: true }),
    }),
    [guard, settled, look, rearrange],
  );
  const onPointerDown = (e: PointerEvent) => {
    look();
    pressed.current = guard.allowsPress(e.timeStamp, { x: e.clientX, y: e.clientY });
  };
  const onKeyDown = (e: KeyboardEvent<HTMLElement>) => {
    if (e.defaultPrevented) return;
    const button = buttonOf(e.currentTarget, hotkeyOf(e, fieldOf(e.target)));
    if (!button) return;
    e.preventDefault();
    e.stopPropagation();
    if (guard.allowsKey(e.timeStamp) && e.timeStamp - focusedAt.current >= settleMs) button.click();
  };
  return (
    <CardContext value={tools}>
      <article
        ref={card}
        className="wait"
        aria-label={label}
        tabIndex={0}
        onPointerDownCapture={onPointerDown}
        onKeyDownCapture={dropHeldKeys}
        onKeyDown={onKeyDown}
        onFocus={(e) => {
          if (!e.currentTarget.contains(e.relatedTarget)) focusedAt.current = e.timeStamp;
        }}
      >
        {children}
      </article>
    </CardContext>
  );
}

function dropHeldKeys(e: KeyboardEvent): void {
  if (!mustDrop(e, fieldOf(e.target))) return;
  e.preventDefault();
  e.stopPropagation();
}

function fieldOf(target: EventTarget): Field {
  if (target instanceof HTMLTextAreaElement) return "area";
  return target instanceof Element && target.closest("input, textarea, select") ? "line" : "none";
}

function buttonOf(card: HTMLElement, hotkey: string | null): HTMLButtonElement | null {
  return hotkey === null ? null : card.querySelector(`[data-key="${hotkey}"]`);
}

/** Says that the server has not acknowledged the decision yet. */
export function Undelivered({ busy }: { busy: boolean }) {
  if (!busy) return null;
  return (
    <span className="unsent-state" role="status">
      <Icon name="clock" size={13} /> {t.unsent.decision}
    </span>
  );
}

interface DecideProps extends ButtonProps {
  hotkey?: string | undefined;
  busy: boolean;
  onDecide(): void;
}

/** A button of a card. It has no effect until the card has been in its place for a moment. */
export function Decide({ hotkey, busy, onDecide, ...rest }: DecideProps) {
  const card = useCard();
  return (
    <Button
      size="xs"
      type="button"
      {...rest}
      data-key={hotkey}
      aria-keyshortcuts={hotkey?.toUpperCase()}
      aria-disabled={busy || !card.settled || undefined}
      onClick={(e: MouseEvent) => {
        if (!busy && card.allows(e)) onDecide();
      }}
    />
  );
}
