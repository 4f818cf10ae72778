import { Button, TextInput } from "@mantine/core";
import { useState } from "react";

import { parseLink } from "parley-client";

import { server } from "../core/place.ts";
import { t } from "../texts.ts";
import "./HaveLink.css";

/** A form for an invite link to paste. */
export function HaveLink() {
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);
  const go = () => {
    try {
      const link = parseLink(text);
      if (link.server !== server()) setError(t.start.otherServer);
      else location.assign(new URL(text.trim()).href);
    } catch {
      setError(t.start.badLink);
    }
  };
  return (
    <section className="panel" aria-label={t.start.haveLink}>
      <h2>{t.start.haveLink}</h2>
      <form
        className="have-link"
        onSubmit={(e) => {
          e.preventDefault();
          go();
        }}
      >
        <TextInput
          aria-label={t.start.linkLabel}
          placeholder={t.start.haveLinkAbout}
          value={text}
          error={error}
          onChange={(e) => {
            setText(e.currentTarget.value);
            setError(null);
          }}
        />
        <Button type="submit" variant="default" disabled={text.trim() === ""}>
          {t.start.join}
        </Button>
      </form>
    </section>
  );
}
