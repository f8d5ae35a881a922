// What the scripts of the clients share: where the host is, sums of what was seen, the end of a script.

export function environment() {
  const read = (name) => {
    const value = process.env[name];
    if (!value) throw new Error(`${name} is not set: these scripts are run by tests/service/test_clients.py`);
    return value;
  };
  return {
    base: read('CLIENT_BASE_URL'),
    user: read('CLIENT_USER'),
    password: read('CLIENT_PASSWORD'),
    token: read('CLIENT_TOKEN'),
  };
}

/** Sums of parts by scope and kind, counted as the simulator counts them: empty texts are no parts. */
export class Parts {
  #scopes = {};

  add(scope, kind, number = 1) {
    if (number === 0) return;
    this.#scopes[scope] ??= {};
    this.#scopes[scope][kind] = (this.#scopes[scope][kind] ?? 0) + number;
  }

  /** A part when there is text in it. */
  text(scope, kind, text) {
    this.add(scope, kind, text ? 1 : 0);
  }

  toJSON() {
    return this.#scopes;
  }
}

// Every object has a toString; only one that the host sent is a value.
function own(object, name) {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Both sides of every change in a changelog that have a value. */
export function changesIn(changelog) {
  const sides = changelog.histories.flatMap((history) =>
    history.items.flatMap((item) => [item.fromString || item.from, own(item, 'toString') || item.to]));
  return sides.filter(Boolean).length;
}

/** The key of an issue without its number. */
export function projectOf(key) {
  return key.slice(0, key.lastIndexOf('-'));
}

/** What the call threw; an error when it did not. */
export async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('a call that the host must refuse went through');
}

/** Runs the script's work and prints its result as JSON; any exception ends the script with status 1. */
export async function main(work) {
  try {
    console.log(JSON.stringify(await work(environment())));
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}
