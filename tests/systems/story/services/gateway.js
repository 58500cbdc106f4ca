// The door of the story: orders come in by HTTP, news of them goes out by WebSocket.
//
// POST /orders      an order; it is published as OrderPlaced before the answer, 202
// GET  /orders/ID   200 and its state once it is paid for, 404 before
// GET  /health      200 once payments are being listened to, 503 before
// WS   /news        each order that was paid for, as {"orderId", "status": "paid"}
//
// Environment: PORT, BROKER (as its clients write it), ORDERS and PAYMENTS (names on the broker),
// GROUP (on Kafka), FAULT (see faults.js).

import { createServer } from "node:http";
import { WebSocketServer } from "ws";

import { connect } from "./brokers/index.js";
import { faults } from "./faults.js";

const LARGEST = 1024 * 1024; // bytes of an order

const has = faults("gateway");
const say = (line) => console.log(`gateway: ${line}`);
const paid = new Map();
let listening = false;

const broker = await connect(process.env.BROKER);
const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    say(`cannot answer ${request.method} ${request.url}: ${error.message}`);
    reply(response, 500, { error: "the order could not be taken" });
  });
});
const sockets = new WebSocketServer({ server, path: "/news" });
sockets.on("connection", (socket) => {
  say("a listener came");
  socket.on("message", (data, binary) => {
    if (data.toString() === "bye") socket.close(4000, "bye");
    else socket.send(data, { binary });
  });
});

async function answer(request, response) {
  const [, kind, id] = new URL(request.url, "http://gateway").pathname.split("/");
  if (request.method === "GET" && kind === "health") {
    reply(response, listening ? 200 : 503, { listening });
  } else if (request.method === "POST" && kind === "orders") {
    await take(await body(request), response);
  } else if (request.method === "GET" && kind === "orders" && paid.has(id)) {
    reply(response, 200, paid.get(id));
  } else {
    reply(response, 404, { error: "there is no such order" });
  }
}

async function take(text, response) {
  let order;
  try {
    order = JSON.parse(text);
  } catch {
    return reply(response, 400, { error: "the order is not JSON" });
  }
  if (typeof order?.orderId !== "string" || typeof order?.total !== "number") {
    return reply(response, 422, { error: "an order has an orderId and a total" });
  }
  if (!has("accepts-nothing")) {
    await broker.publish(process.env.ORDERS, {
      key: order.orderId,
      type: "OrderPlaced",
      body: JSON.stringify(order),
    });
  }
  say(`order ${order.orderId} taken`);
  reply(response, has("wrong-answer") ? 200 : 202, { orderId: order.orderId, status: "accepted" });
}

async function body(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LARGEST) throw new Error(`the order is longer than ${LARGEST} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function reply(response, status, payload) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(payload));
}

async function hear({ type, body }) {
  if (type !== "PaymentTaken") return say(`${type} ignored`);
  const { orderId } = JSON.parse(body);
  const news = { orderId, status: has("wrong-news") ? "lost" : "paid" };
  paid.set(orderId, news);
  if (!has("no-news")) for (const socket of sockets.clients) socket.send(JSON.stringify(news));
  say(`order ${orderId} is paid for, ${sockets.clients.size} told`);
}

async function stop() {
  for (const socket of sockets.clients) socket.terminate();
  server.close();
  await broker.close();
  say("stopped");
  process.exit(0);
}

process.on("SIGTERM", stop);
server.listen(Number(process.env.PORT), "127.0.0.1", () => say("started"));
await broker.consume(process.env.PAYMENTS, process.env.GROUP, hear);
listening = true;
say("listening for payments");
