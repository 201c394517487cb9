// Proof of work: the counter whose derived key begins as the puzzle says. A classic script: in a worker of its own it
// answers messages; in the service worker of the site, which can start none, it is `self.lianqinProof(puzzle)`.
(() => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function derive(parameters, counter) {
    const nonce = bytes(parameters.nonce);
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    new DataView(password.buffer).setUint32(nonce.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(parameters.salt), iterations: parameters.cost };
    return hex(new Uint8Array(await crypto.subtle.deriveBits(how, key, 8 * parameters.keyLength)));
  }

  async function solve({ parameters, signature, most }) {
    for (let counter = 0; counter < most; counter += 1) {
      const derivedKey = await derive(parameters, counter);
      if (derivedKey.startsWith(parameters.keyPrefix))
        return btoa(JSON.stringify({ challenge: { parameters, signature }, solution: { counter, derivedKey } }));
    }
    throw new Error("no counter solves this puzzle");
  }

  if (self.DedicatedWorkerGlobalScope) self.onmessage = async (event) => self.postMessage(await solve(event.data).catch(() => ""));
  else self.lianqinProof = solve;
})();
