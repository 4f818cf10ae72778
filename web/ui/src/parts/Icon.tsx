/** Line icons on a grid of 24, with one stroke width. */
const shapes = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  spark: "M12 3l1.9 5.6L19.5 10.5l-5.6 1.9L12 18l-1.9-5.6L4.5 10.5l5.6-1.9zM19 16v4M17 18h4",
  send: "M5 12h13M12 5l7 7-7 7",
  bolt: "M13 3L5.5 13.5H11L10 21l8-11h-5.5z",
  stop: "M6.5 6.5h11v11h-11z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  right: "M9 6l6 6-6 6",
  toEnd: "M12 4v14M6 12l6 6 6-6",
  people:
    "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 4.5a3.5 3.5 0 010 6.3M18 14.5c2 .7 3.2 2.6 3.5 5.5",
  link: "M10 14a4 4 0 006 .4l3-3a4.2 4.2 0 00-6-6l-1.5 1.5M14 10a4 4 0 00-6-.4l-3 3a4.2 4.2 0 006 6l1.5-1.5",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  sun: "M12 16a4 4 0 100-8 4 4 0 000 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 019.5 4 8.5 8.5 0 1020 14.5z",
  terminal: "M4 5h16v14H4zM7.5 9.5l3 2.5-3 2.5M12.5 15h4",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  pencil: "M4 20l1-4L16.5 4.5l3 3L8 19z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  move: "M4 12h15M14 7l5 5-5 5M4 7v10",
  search: "M11 17.5a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM16 16l4.5 4.5",
  globe:
    "M12 20.5a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM3.5 12h17M12 3.5c5 5 5 12 0 17-5-5-5-12 0-17z",
  bulb: "M9 18h6M10 21h4M8.5 15.5C6.5 14 5.5 12 5.5 10a6.5 6.5 0 0113 0c0 2-1 4-3 5.5",
  tool: "M14.5 6.5a4 4 0 015-2.5l-2.5 2.5 1 2 2 1 2-2.5a4 4 0 01-5.5 4L8 19.5a2.1 2.1 0 01-3-3L13.5 8.5",
  list: "M4 6.5l1.5 1.5L8 5M11 6.5h9M4 12.5l1.5 1.5L8 11M11 12.5h9M4 18.5l1.5 1.5L8 17M11 18.5h9",
  question:
    "M12 20.5a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM9.5 9.5a2.5 2.5 0 114 2c-1 .7-1.5 1.2-1.5 2.3M12 16.8h.01",
  clock: "M12 20.5a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM12 7.5V12l3 2",
  warn: "M12 4L2.8 19.5h18.4zM12 10v4.5M12 17h.01",
  leave: "M14 4H5v16h9M10 12h10M16.5 8.5L20 12l-3.5 3.5",
  bell: "M6 16.5V11a6 6 0 0112 0v5.5l1.5 1.5h-15zM10 20.5h4",
  plus: "M12 5v14M5 12h14",
  reply: "M10 6l-6 6 6 6M4 12h10a6 6 0 016 6",
  eye: "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5s-7-2-9.5-6.5zM12 15a3 3 0 100-6 3 3 0 000 6z",
  braces:
    "M9 4c-2.5 0-3 1-3 3v2c0 1.5-.7 3-2.5 3C5.3 12 6 13.5 6 15v2c0 2 .5 3 3 3M15 4c2.5 0 3 1 3 3v2c0 1.5.7 3 2.5 3-1.8 0-2.5 1.5-2.5 3v2c0 2-.5 3-3 3",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15 9.5h.01",
  repeat: "M5 12a7 7 0 0112-5l2 2M19 5v4h-4M19 12a7 7 0 01-12 5l-2-2M5 19v-4h4",
  clip: "M19 11.5l-7.3 7.3a4.6 4.6 0 01-6.5-6.5l8-8a3.1 3.1 0 014.4 4.4l-7.8 7.8a1.5 1.5 0 01-2.2-2.2l6.6-6.6",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 16.5a3.2 3.2 0 100-6.4 3.2 3.2 0 000 6.4z",
  power: "M12 3v9M6.5 6.5a8 8 0 1011 0",
} as const;

export type IconName = keyof typeof shapes;

/** An icon is hidden from screen readers: the control that contains it has the name. */
export function Icon({
  name,
  size = 16,
  className,
}: {
  name: IconName;
  size?: number;
  className?: string;
}) {
  return (
    <svg
      aria-hidden="true"
      className={className}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={shapes[name]} />
    </svg>
  );
}
