/**
 * The same as capture_fastapi.py, under Express: npm install express bonaface-client; node capture_express.mjs
 *
 * LIVENESS_URL, LIVENESS_APP_KEY and LIVENESS_SECRET_KEY in the environment name the server and the application.
 */

import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "bonaface-client";
import express from "express";

const { LIVENESS_URL, LIVENESS_APP_KEY, LIVENESS_SECRET_KEY, PORT = "3000" } = process.env;
const client = new Client(LIVENESS_URL, { appKey: LIVENESS_APP_KEY, secretKey: LIVENESS_SECRET_KEY });
const page = await readFile(new URL("capture.html", import.meta.url), "utf8");
const files = dirname(fileURLToPath(import.meta.resolve("bonaface-client")));

const app = express();
app.use("/client", express.static(files));

app.get("/", (_request, response) => {
  response.type("html").send(page.replace("{{endpoint}}", LIVENESS_URL));
});

// A token for one capture. Ask here who is calling, and give one to those alone whom you know.
app.post("/token", async (_request, response) => {
  const { token } = await client.createToken({ uses: 20, lifetime: 300 });
  response.set("Cache-Control", "no-store").json({ token });
});

const server = app.listen(Number(PORT), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
