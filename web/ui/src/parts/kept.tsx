import {
  createContext,
  useContext,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";

import { KeptParts } from "../core/kept.ts";

interface Place {
  /** Null outside of a room, where nothing leaves the page while it is open. */
  kept: KeptParts | null;
  path: string;
}

const PlaceContext = createContext<Place>({ kept: null, path: "" });

interface KeptProps {
  kept: KeptParts;
  name: string;
  children: ReactNode;
}

/** Something that is drawn only while it is in sight; what is opened in it is kept. */
export function Kept({ kept, name, children }: KeptProps) {
  const place = useMemo(() => ({ kept, path: name }), [kept, name]);
  return <PlaceContext value={place}>{children}</PlaceContext>;
}

/** A part with a name that no other has around it. */
export function Part({ name, children }: { name: string; children: ReactNode }) {
  const { kept, path } = useContext(PlaceContext);
  const place = useMemo(() => ({ kept, path: `${path}/${name}` }), [kept, path, name]);
  return <PlaceContext value={place}>{children}</PlaceContext>;
}

/**
 * A state of the part that it is used in, which outlives the drawing of the
 * part: also what is kept while the part is not drawn is there when it is again.
 * No two in a part have the same name.
 */
export function useKept<T>(name: string, first: T): [value: T, keep: (value: T) => void] {
  const { store, key } = useKeptStore(name);
  const value = useSyncExternalStore(store.subscribe, () => store.read(key, first));
  return [value, (next) => store.write(key, next)];
}

/** Where something of the part is kept that it is used in. */
export function useKeptStore(name: string): { store: KeptParts; key: string } {
  const { kept, path } = useContext(PlaceContext);
  const [own] = useState(() => new KeptParts());
  return { store: kept ?? own, key: `${path}/${name}` };
}
