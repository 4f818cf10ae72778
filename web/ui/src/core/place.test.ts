import { describe, expect, test } from "vitest";

import { isLoopback, placeOf, rootOf } from "./place.ts";

describe("an address", () => {
  test("is on this machine if the host is its own", () => {
    for (const host of ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.1.2.3", "[::1]"])
      expect(isLoopback(host), host).toBe(true);
    for (const host of ["example.com", "localhost.example", "10.0.0.1", "1127.0.0.1", "[::2]"])
      expect(isLoopback(host), host).toBe(false);
  });

  test("leads to the start page or into a session", () => {
    expect(placeOf("/", "")).toEqual({ page: "start" });
    expect(placeOf("/s/abc", "#i=inv")).toEqual({ page: "session", session: "abc", invite: "inv" });
    expect(placeOf("/s/abc/", "#p=p1:to:ken")).toEqual({
      page: "session",
      session: "abc",
      participant: { id: "p1", token: "to:ken" },
    });
    expect(placeOf("/", "#k=code&c=b64")).toEqual({ page: "start", code: "code" });
    expect(placeOf("/s/abc", "#i=inv&c=b64-_")).toMatchObject({ invite: "inv" });
    expect(placeOf("/s/abc", "#p=p1:tok&c=b64")).toMatchObject({
      participant: { id: "p1", token: "tok" },
    });
    expect(placeOf("/s/abc", "#x=1")).toEqual({ page: "session", session: "abc" });
  });
  test("tells where the server is, even below a path", () => {
    for (const root of ["", "/parley", "/tools/parley"]) {
      expect(rootOf(`${root}/`)).toBe(root);
      expect(rootOf(`${root}/s/abc`)).toBe(root);
      expect(rootOf(`${root}/s/abc/`)).toBe(root);
      expect(placeOf(`${root}/s/abc`, "#i=inv")).toMatchObject({ session: "abc" });
      expect(placeOf(`${root}/`, "")).toEqual({ page: "start" });
    }
  });
});
