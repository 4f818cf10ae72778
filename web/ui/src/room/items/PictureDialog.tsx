import { Modal } from "@mantine/core";

import { marked } from "../../core/visible.ts";
import { t } from "../../texts.ts";

interface Props {
  name: string;
  url: string;
  onClose(): void;
}

/** Shows an image in its whole size. */
export function PictureDialog({ name, url, onClose }: Props) {
  return (
    <Modal opened onClose={onClose} title={marked(name)} size="auto">
      <img className="whole-picture" alt={t.attach.image(name)} src={url} />
    </Modal>
  );
}
