/** What was logged, as JSON lines. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

interface Waiting {
  readonly msg: string;
  readonly resolve: (line: LogLine) => void;
}

/** A destination for pino that collects its lines. */
export class LogLines {
  readonly all: LogLine[] = [];
  #waiting: Waiting[] = [];

  write(text: string): void {
    const line = JSON.parse(text) as LogLine;
    this.all.push(line);
    for (const { msg, resolve } of this.#waiting) if (msg === line.msg) resolve(line);
    this.#waiting = this.#waiting.filter(({ msg }) => msg !== line.msg);
  }

  /** The first line with this message, as soon as it is there. */
  async arrival(msg: string): Promise<LogLine> {
    const line = this.all.find((logged) => logged.msg === msg);
    return line ?? new Promise((resolve) => this.#waiting.push({ msg, resolve }));
  }
}
