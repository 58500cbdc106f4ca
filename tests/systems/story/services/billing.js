// The billing of the story: each order that was shipped is paid for at the bank.
//
// It reads SHIPMENTS, asks the bank (POST BANK/payments) until that takes the payment, and publishes
// PaymentTaken on PAYMENTS. Where the bank fails it asks again, after PAUSE milliseconds (100), five
// times at the most. GET /health at PORT answers 200 once shipments come in.
//
// Environment: PORT, BROKER, SHIPMENTS, PAYMENTS, GROUP (on Kafka), BANK, PAUSE, FAULT (faults.js).

import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

import { connect } from "./brokers/index.js";
import { faults } from "./faults.js";

const TRIES = 5;

const has = faults("billing");
const say = (line) => console.log(`billing: ${line}`);
let listening = false;

const broker = await connect(process.env.BROKER);
const server = createServer((_, response) => {
  response.writeHead(listening ? 200 : 503).end();
});

async function bill({ key, type, body }) {
  if (type !== "OrderShipped") return say(`${type} ignored`);
  const { orderId, total } = JSON.parse(body);
  if (!has("bills-nobody") && !(await paid(orderId, total))) {
    return say(`order ${orderId} could not be paid for`);
  }
  if (has("bills-twice")) await paid(orderId, total);
  await broker.publish(process.env.PAYMENTS, {
    key,
    type: "PaymentTaken",
    body: JSON.stringify({ orderId, amount: total }),
  });
  say(`order ${orderId} is paid for`);
}

async function paid(orderId, amount) {
  for (let count = 1; count <= (has("gives-up") ? 1 : TRIES); count++) {
    const answer = await fetch(`${process.env.BANK}/payments`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": orderId },
      body: JSON.stringify({ orderId, amount }),
    }).catch((error) => ({ ok: false, status: error.cause?.code ?? error.message }));
    if (answer.ok) return true;
    say(`the bank answered ${answer.status} to payment ${count} of order ${orderId}`);
    await pause(Number(process.env.PAUSE ?? 100));
  }
  return false;
}

async function stop() {
  server.close();
  await broker.close();
  say("stopped");
  process.exit(0);
}

process.on("SIGTERM", stop);
server.listen(Number(process.env.PORT), "127.0.0.1", () => say("started"));
await broker.consume(process.env.SHIPMENTS, process.env.GROUP, bill);
listening = true;
say("listening for shipments");
