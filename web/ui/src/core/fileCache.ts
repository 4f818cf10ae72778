/** The contents of attachments that were shown last, so that scrolling does not load them again. */

const maxBytes = 64 * 2 ** 20;

export class FileCache {
  private readonly files = new Map<string, Promise<Blob>>();
  private readonly sizes = new Map<string, number>();

  constructor(private readonly load: (id: string) => Promise<Blob>) {}

  /** Resolves to a content. One that could not be loaded is loaded again at the next call. */
  get(id: string): Promise<Blob> {
    const known = this.files.get(id);
    this.files.delete(id);
    const file = known ?? this.start(id);
    this.files.set(id, file); // the newest is the last
    return file;
  }

  private start(id: string): Promise<Blob> {
    const file = this.load(id);
    file.then(
      (blob) => {
        this.sizes.set(id, blob.size);
        this.trim(id);
      },
      () => this.files.delete(id),
    );
    return file;
  }

  private trim(newest: string): void {
    let bytes = [...this.sizes.values()].reduce((a, b) => a + b, 0);
    for (const id of this.files.keys()) {
      if (bytes <= maxBytes) return;
      const size = this.sizes.get(id);
      if (size === undefined || id === newest) continue;
      bytes -= size;
      this.sizes.delete(id);
      this.files.delete(id);
    }
  }
}
