import { MantineProvider } from "@mantine/core";
import { Suspense, useEffect, useState } from "react";

import { placeOf } from "./core/place.ts";
import { Loading } from "./parts/Loading.tsx";
import { Toasts } from "./parts/Toasts.tsx";
import { later } from "./session/later.tsx";
import { SessionPage } from "./session/SessionPage.tsx";
import { cssVariables, theme } from "./theme.ts";

// Most people come by an invite, on a phone: what asks for their name is loaded at
// once, and the rest when it is needed.
const Start = later(() => import("./start/Start.tsx"));

const here = () => placeOf(location.pathname, location.hash);

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
