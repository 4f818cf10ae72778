import {
  createContext,
  useCallback,
  useContext,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";

import { KeptParts } from "../core/kept.ts";

interface Place {
  /** Null outside of a room, where components stay mounted while the page is open. */
  kept: KeptParts | null;
  path: string;
}

const PlaceContext = createContext<Place>({ kept: null, path: "" });

interface KeptProps {
  kept: KeptParts;
  name: string;
  children: ReactNode;
}

/** Keeps the state of what it contains, which is rendered only while it is in sight. */
export function Kept({ kept, name, children }: KeptProps) {
  const place = useMemo(() => ({ kept, path: name }), [kept, name]);
  return <PlaceContext value={place}>{children}</PlaceContext>;
}

/** A part whose name is unique among its siblings. */
export function Part({ name, children }: { name: string; children: ReactNode }) {
  const { kept, path } = useContext(PlaceContext);
  const place = useMemo(() => ({ kept, path: `${path}/${name}` }), [kept, path, name]);
  return <PlaceContext value={place}>{children}</PlaceContext>;
}

/**
 * Like useState, but the value outlives the rendering of the part that uses it,
 * and can be changed while the part is not rendered. Each name is used once in a part.
 */
export function useKept<T>(name: string, first: T): [value: T, keep: (value: T) => void] {
  const { store, key } = useKeptStore(name);
  const value = useSyncExternalStore(store.subscribe, () => store.read(key, first));
  const keep = useCallback((next: T) => store.write(key, next), [store, key]);
  return [value, keep];
}

/** Returns the store and the key under which the part that uses it keeps a value. */
export function useKeptStore(name: string): { store: KeptParts; key: string } {
  const { kept, path } = useContext(PlaceContext);
  const [own] = useState(() => new KeptParts());
  return { store: kept ?? own, key: `${path}/${name}` };
}
