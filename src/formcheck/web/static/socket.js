// One live set's connection. What belongs to the set is kept until its report is there, and sent again after a break.

const AGAIN_AFTER_MS = [250, 500, 1000, 2000, 4000];
const GIVE_UP_AFTER_MS = 90000;
const SETUP_KEPT_S = 3; // the set begins a little before the page hears of it
const KEPT_MESSAGES = 20000; // eleven minutes at 30 pictures a second
const CATCH_UP_EVERY_MS = 14; // the server takes 90 messages a second
const PING_EVERY_MS = 20000;
const TEXT_KEPT = new Set(["pause", "resume", "mute", "unmute", "camera", "finish"]);

/** 16 random bytes as URL-safe base64. */
const newId = () =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

export class LiveSocket {
  #socket = null;
  #kept = [];
  #next = 0; // the first of the kept messages that this connection has not been given
  #begun = false;
  #keeps = true;
  #tries = 0;
  #goneSince = null;
  #done = false;
  #answered = false;
  #timers = [];
  #seen = 0;
  #seenBefore = 0; // up to this pose everything was said on an earlier connection

  /**
   * @param {object} start the first message
   * @param {{onStarted, onState, onReport, onProblem, onLink}} on `onLink` gets "gone", "behind" or "up"; `onProblem`
   *   gets (code, sentence) when this set cannot go on; `onState` gets the state and whether it may be spoken.
   */
  constructor(start, on) {
    this.start = { ...start, set: newId() };
    this.on = on;
    this.#keeps = start.source === "poses";
    this.#timers.push(setInterval(() => this.#catchUp(), CATCH_UP_EVERY_MS));
    this.#timers.push(setInterval(() => this.#sendNow(JSON.stringify({ type: "ping" })), PING_EVERY_MS));
    this.#connect();
  }

  /** Sends a picture or a pose: `bytes` with its `seq` and `t`. */
  picture(message) {
    if (!this.#keeps) {
      if (this.#next === this.#kept.length) this.#sendNow(message.bytes);
      return;
    }
    this.#keep({ t: message.t, data: message.bytes });
    if (!this.#begun) this.#dropBefore(message.t - SETUP_KEPT_S);
  }

  /** Sends a command. */
  command(command) {
    const data = JSON.stringify(command);
    if (this.#keeps && (this.#begun || command.type === "finish") && TEXT_KEPT.has(command.type)) this.#keep({ data });
    else this.#sendNow(data);
  }

  close() {
    this.#done = true;
    this.#timers.forEach(clearInterval);
    this.#socket?.close(1000);
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#answered = false;
    this.#socket = new WebSocket(`${scheme}//${location.host}/v1/live`);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({ data }) => this.#heard(JSON.parse(data));
    this.#socket.onclose = () => this.#closed();
  }

  #opened() {
    const again = this.#begun ? { countdown_s: 0 } : {};
    this.#socket.send(JSON.stringify({ ...this.start, ...again }));
    this.#next = this.#begun ? 0 : this.#kept.length;
    this.#seenBefore = this.#seen;
  }

  #heard(message) {
    switch (message.type) {
      case "started":
        this.#answered = true;
        this.#goneSince = null;
        this.#tries = 0;
        this.on.onStarted(message.exercise);
        this.on.onLink(this.#next < this.#kept.length ? "behind" : "up");
        break;
      case "state":
        this.#state(message);
        break;
      case "report":
        this.close();
        this.on.onReport(message);
        break;
      case "error":
        this.close();
        this.on.onProblem(message.code, message.text);
    }
  }

  #state(state) {
    const begins = state.events.find((event) => event.event === "stage" && event.stage === "set");
    if (begins && !this.#begun) {
      this.#begun = true;
      this.#dropBefore(begins.t);
    }
    this.#seen = Math.max(this.#seen, state.seq);
    this.on.onState(state, !(state.seq <= this.#seenBefore));
  }

  #closed() {
    if (this.#done) return;
    this.#goneSince ??= performance.now();
    const lost = this.#begun && !this.#keeps;
    if (lost || performance.now() - this.#goneSince > GIVE_UP_AFTER_MS) {
      this.close();
      this.on.onProblem("gone", null);
      return;
    }
    this.on.onLink("gone");
    setTimeout(() => this.#done || this.#connect(), AGAIN_AFTER_MS[this.#tries]);
    this.#tries = Math.min(this.#tries + 1, AGAIN_AFTER_MS.length - 1);
  }

  #keep(message) {
    this.#kept.push(message);
    if (this.#kept.length > KEPT_MESSAGES) this.#forget();
    else if (this.#next === this.#kept.length - 1 && this.#ready()) this.#sendNext();
  }

  /** Too long a set to send again: from now on it lives by its connection alone. */
  #forget() {
    for (const message of this.#kept.slice(this.#next)) this.#sendNow(message.data);
    this.#kept = [];
    this.#next = 0;
    this.#keeps = false;
  }

  #dropBefore(t) {
    const first = this.#kept.findIndex((message) => !(message.t < t));
    const dropped = first < 0 ? this.#kept.length : first;
    this.#kept.splice(0, dropped);
    this.#next = Math.max(0, this.#next - dropped);
  }

  #ready() {
    return this.#answered && this.#socket.readyState === WebSocket.OPEN;
  }

  #catchUp() {
    if (!this.#ready() || this.#next >= this.#kept.length) return;
    this.#sendNext();
    if (this.#next === this.#kept.length) this.on.onLink("up");
  }

  #sendNext() {
    this.#socket.send(this.#kept[this.#next].data);
    this.#next += 1;
  }

  #sendNow(data) {
    if (this.#ready()) this.#socket.send(data);
  }
}
