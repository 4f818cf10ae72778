/**
 * Reads server-sent events as the HTML standard defines them, as far as this protocol
 * needs: only data counts, since every event contains its type and cursor. An event
 * that is cut off by the end of the stream is dropped.
 */
export class EventReader {
  private rest = "";
  private data: string[] = [];

  /** Takes the next piece of the stream and returns the data of complete events. */
  push(chunk: string): string[] {
    this.rest += chunk;
    // A CR at the very end may be the first half of a CRLF.
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
