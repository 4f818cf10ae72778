/** Calls handlers in the order in which they were added. */
export class Emitter<Map> {
  private readonly handlers: { [Type in keyof Map]?: Set<(value: Map[Type]) => void> } = {};

  /** Adds a handler and returns what removes it again. */
  on<Type extends keyof Map>(type: Type, handler: (value: Map[Type]) => void): () => void {
    const handlers = (this.handlers[type] ??= new Set());
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  emit<Type extends keyof Map>(type: Type, value: Map[Type]): void {
    for (const handler of [...(this.handlers[type] ?? [])]) {
      try {
        handler(value);
      } catch (error) {
        // One handler's mistake is not the connection's: let the page see it.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
