import { MantineProvider } from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";

import { placeOf } from "./core/place.ts";
import { Loading } from "./parts/Loading.tsx";
import { Toasts } from "./parts/Toasts.tsx";
import { cssVariables, theme } from "./theme.ts";

const Start = lazy(() => import("./start/Start.tsx"));
const SessionPage = lazy(() => import("./session/SessionPage.tsx"));

const here = () => placeOf(location.pathname, location.hash);

// Whoever opens a link is going to need the room: it is not waited for until then.
if (here().page === "session") void import("./room/Room.tsx");

export function App() {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    // Another link in the same tab; what hides the secret comes without a hash.
    const onHash = () => location.hash !== "" && setPlace(here());
    window.addEventListener("hashchange", onHash);
    return () => window.removeEventListener("hashchange", onHash);
  }, []);
  return (
    // The variables and classes that the provider would write into the page
    // are in the style sheet: the server allows no inline styles.
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <Suspense fallback={<Loading />}>
        {place.page === "start" ? (
          <Start />
        ) : (
          <SessionPage key={JSON.stringify(place)} place={place} />
        )}
      </Suspense>
      <Toasts />
    </MantineProvider>
  );
}
