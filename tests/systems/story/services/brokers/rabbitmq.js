import amqp from "amqplib";

export async function connect(address) {
  const connection = await amqp.connect(address);
  const publishing = await connection.createConfirmChannel();
  const consuming = await connection.createChannel();
  await consuming.prefetch(1);
  return {
    async publish(exchange, { key, type, body }) {
      publishing.publish(exchange, type, Buffer.from(body), {
        persistent: true,
        headers: { key, type },
      });
      await publishing.waitForConfirms();
    },
    consume: (queue, _group, handle) =>
      consuming.consume(queue, async (message) => {
        if (message === null) throw new Error(`the queue ${queue} was deleted`);
        const { key, type } = message.properties.headers;
        await handle({ key, type, body: message.content.toString() });
        consuming.ack(message);
      }),
    close: () => connection.close(),
  };
}
