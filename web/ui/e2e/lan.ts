import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A network whose machines are network namespaces. No packet leaves it. */
export interface Lan {
  /** Connects a further machine to the network. */
  machine(name: string): Machine;
  /** Makes a name resolve to a machine, on all machines. */
  call(name: string, machine: Machine): void;
  /** Removes the network. The programs that run in it must have ended. */
  remove(): void;
}

export interface Machine {
  address: string;
  /** Starts a program on the machine. */
  run(program: string, args: string[], env?: Record<string, string>): ChildProcess;
  /** Returns the path of a script that starts a program on the machine. */
  script(program: string): string;
  /** Gives the machine another address, so that its connections end without a sign. */
  move(): void;
}

/**
 * Reports whether this process may make networks, for which it needs Linux, root and
 * iproute2, and whether programs are installed.
 */
export function canMakeLan(...programs: string[]): boolean {
  try {
    for (const program of programs) execFileSync("which", [program], { env, stdio: "ignore" });
    new Network().remove();
    return true;
  } catch {
    return false;
  }
}

/** Makes a network. */
export function makeLan(): Lan {
  return new Network();
}

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

let networks = 0;

class Network implements Lan {
  readonly #prefix = `parley-${process.pid}-${++networks}`;
  readonly #dir = mkdtempSync(join(tmpdir(), "parley-lan-"));
  readonly #namespaces: string[] = [];
  readonly #hosts = join(this.#dir, "hosts");
  readonly #wire: string;
  #names = "127.0.0.1 localhost\n";
  #addresses = 0;
  #scripts = 0;

  constructor() {
    writeFileSync(this.#hosts, this.#names);
    this.#wire = this.#namespace("wire");
    try {
      ip("-n", this.#wire, "link", "add", "bridge", "type", "bridge");
      ip("-n", this.#wire, "link", "set", "bridge", "up");
    } catch (e) {
      this.remove();
      throw e;
    }
  }

  machine(name: string): Machine {
    const namespace = this.#namespace(name);
    const port = `port${this.#namespaces.length}`;
    ip("-n", namespace, "link", "set", "lo", "up");
    ip(
      "-n",
      namespace,
      ..."link add eth0 type veth peer name".split(" "),
      port,
      "netns",
      this.#wire,
    );
    ip("-n", this.#wire, "link", "set", port, "master", "bridge", "up");
    const machine = {
      address: this.#address(namespace),
      run: (program: string, args: string[], more: Record<string, string> = {}) =>
        spawn(machine.script(program), args, { env: { ...env, ...more }, stdio: "pipe" }),
      script: (program: string) => {
        const path = join(this.#dir, `${name}-${++this.#scripts}`);
        // The second shell has a mount namespace of its own.
        const inside = `mount --bind ${this.#hosts} /etc/hosts && exec ${program} "$@"`;
        const text = `#!/bin/sh\nexec ip netns exec ${namespace} sh -c '${inside}' sh "$@"\n`;
        writeFileSync(path, text, { mode: 0o700 });
        return path;
      },
      move: () => {
        ip("-n", namespace, "addr", "flush", "dev", "eth0");
        machine.address = this.#address(namespace);
      },
    };
    ip("-n", namespace, "link", "set", "eth0", "up");
    return machine;
  }

  call(name: string, machine: Machine): void {
    this.#names += `${machine.address} ${name}\n`;
    writeFileSync(this.#hosts, this.#names);
  }

  remove(): void {
    for (const namespace of this.#namespaces) ip("netns", "delete", namespace);
    rmSync(this.#dir, { recursive: true });
  }

  #namespace(name: string): string {
    const namespace = `${this.#prefix}-${name}`;
    ip("netns", "add", namespace);
    this.#namespaces.push(namespace);
    return namespace;
  }

  #address(namespace: string): string {
    const address = `10.77.0.${++this.#addresses}`;
    ip("-n", namespace, "addr", "add", `${address}/24`, "dev", "eth0");
    return address;
  }
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { env, stdio: "pipe" });
}
