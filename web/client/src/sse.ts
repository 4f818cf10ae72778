/**
 * Reads server-sent events as the HTML standard defines them, as far as this
 * protocol needs: data alone counts, since every event bears its own type and
 * cursor. An event that the stream's end cuts off is dropped.
 */
export class EventReader {
  private rest = "";
  private data: string[] = [];

  /** Takes the next piece of the stream, cut anywhere, and returns the data of whole events. */
  push(chunk: string): string[] {
    this.rest += chunk;
    // A CR at the very end may be half of a CRLF.
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.line(line));
  }

  private line(line: string): string[] {
    if (line === "") {
      const data = this.data;
      this.data = [];
      return data.length > 0 ? [data.join("\n")] : [];
    }
    if (line.startsWith("data:")) this.data.push(line.slice(line[5] === " " ? 6 : 5));
    return [];
  }
}
