import { MantineProvider } from "@mantine/core";
import { Suspense, useEffect, useState } from "react";

import type { Place } from "./core/place.ts";
import { Loading } from "./parts/Loading.tsx";
import { Toasts } from "./parts/Toasts.tsx";
import { later } from "./session/later.tsx";
import { openPlace } from "./session/openPlace.ts";
import { SessionPage } from "./session/SessionPage.tsx";
import { cssVariables, theme } from "./theme.ts";

// Most people open an invite, on a phone: the page that asks for their name is
// loaded at once, and everything else when it is needed.
const Start = later(() => import("./start/Start.tsx"));

/** The application, opened at a place. Other links in the same tab change the place. */
export function App({ place: first }: { place: Place }) {
  const [place, setPlace] = useState(first);
  useEffect(() => {
    // Hiding the secret leaves no hash, and the page as it is.
    const onHash = () => location.hash !== "" && setPlace(openPlace());
    window.addEventListener("hashchange", onHash);
    return () => window.removeEventListener("hashchange", onHash);
  }, []);
  return (
    // The build writes the provider's variables and classes into the style sheet,
    // since the server's policy forbids inline styles.
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <Suspense fallback={<Loading />}>
        {place.page === "start" ? (
          <Start key={place.code ?? ""} code={place.code} back={place.back ?? false} />
        ) : (
          <SessionPage key={JSON.stringify(place)} place={place} />
        )}
      </Suspense>
      <Toasts />
    </MantineProvider>
  );
}
