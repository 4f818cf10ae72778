import { ActionIcon } from "@mantine/core";
import { useRef, type ReactNode } from "react";

import { isTouch } from "../core/enter.ts";
import { Icon } from "../parts/Icon.tsx";
import { t } from "../texts.ts";
import { useAttach } from "./useAttach.ts";

/** The buttons that choose files, and on a touch screen take a photo. */
export function AttachButtons() {
  return (
    <>
      <Choose label={t.attach.add}>
        <Icon name="clip" />
      </Choose>
      {isTouch() && (
        <Choose label={t.attach.camera} camera>
          <Icon name="camera" />
        </Choose>
      )}
    </>
  );
}

interface ChooseProps {
  label: string;
  camera?: boolean;
  children: ReactNode;
}

function Choose({ label, camera = false, children }: ChooseProps) {
  const input = useRef<HTMLInputElement>(null);
  const attach = useAttach();
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        onClick={() => input.current?.click()}
      >
        {children}
      </ActionIcon>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        multiple={!camera}
        {...(camera && { accept: "image/*", capture: "environment" as const })}
        onChange={(e) => {
          attach(e.currentTarget.files);
          e.currentTarget.value = ""; // so that the same file can be chosen again
        }}
      />
    </>
  );
}
