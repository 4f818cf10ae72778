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

import { settleMs } from "../../core/guard.ts";
import { Icon } from "../../parts/Icon.tsx";
import { t } from "../../texts.ts";
import { useGuard } from "./useGuard.ts";
import "./DecisionCard.css";

interface CardTools {
  settled: boolean;
  /** Whether a click may decide. One that may not was meant for something else. */
  allows(e: MouseEvent): boolean;
  rearrange(): void;
  /** Moves the focus from the card to its row, which stays when the card is gone. */
  leave(): void;
}

const CardContext = createContext<CardTools | null>(null);

export function useCard(): CardTools {
  const card = useContext(CardContext);
  if (!card) throw new Error("outside of a card");
  return card;
}

interface Props {
  label: string;
  /** What is decided on. */
  about: unknown;
  children: ReactNode;
}

/** Something to decide on, where it stands in the time line. */
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
    if (e.repeat || e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
    const button = isText(e.target) ? null : buttonOf(e.currentTarget, e.key);
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

/** A key that is held down would press one button after the other. */
function dropHeldKeys(e: KeyboardEvent): void {
  if (!e.repeat) return;
  const presses = e.key === "Enter" || e.key === " ";
  if (isText(e.target) ? e.key === "Enter" && !isArea(e.target) : presses || e.key.length === 1) {
    e.preventDefault();
    e.stopPropagation();
  }
}

function isText(target: EventTarget): boolean {
  return target instanceof Element && target.closest("input, textarea, select") !== null;
}

function isArea(target: EventTarget): boolean {
  return target instanceof HTMLTextAreaElement;
}

function buttonOf(card: HTMLElement, key: string): HTMLButtonElement | null {
  if (!/^[a-z0-9]$/i.test(key)) return null;
  return card.querySelector(`[data-key="${key.toLowerCase()}"]`);
}

/** Says that a decision was made which the server has not acknowledged. */
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

/** A button of a card. It does nothing until the card has been in its place for a moment. */
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
