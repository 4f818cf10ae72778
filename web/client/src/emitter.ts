/** Calls handlers in the order in which they were added. */
export class Emitter<Map> {
  private readonly handlers: { [Type in keyof Map]?: Set<(value: Map[Type]) => void> } = {};

  /** Adds a handler and returns a function that removes it. */
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
        // The error of a handler must not break the connection. It becomes an uncaught
        // error.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
