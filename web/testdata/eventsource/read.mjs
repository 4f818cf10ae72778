// Reads a stream as a page would, and writes each event's data as one line to
// standard output: first an URL, then a number of events to read, as arguments.
// It ends after that many events, or when the source gives up.
import { EventSource } from "eventsource";

const [url, count] = process.argv.slice(2);
let left = Number(count);
const source = new EventSource(url);

function end(code) {
  source.close();
  process.exitCode = code;
}

source.onopen = () => console.log("open");
source.onmessage = (event) => {
  console.log(JSON.stringify({ id: event.lastEventId, data: event.data }));
  if (--left === 0) {
    end(0);
  }
};
source.onerror = (error) => {
  if (source.readyState === EventSource.CLOSED) {
    console.log(`closed ${error.code}`);
    end(0);
  } else {
    console.log("reconnecting");
  }
};
