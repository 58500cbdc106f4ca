import kafkajs from "kafkajs";

const { Kafka, Partitioners, logLevel } = kafkajs;

export async function connect(address) {
  const kafka = new Kafka({
    clientId: "story",
    brokers: address.split(","),
    logLevel: logLevel.ERROR,
    retry: { initialRetryTime: 50, maxRetryTime: 1000 },
  });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  let consumer;
  return {
    publish: (topic, { key, type, body }) =>
      producer.send({ topic, acks: -1, messages: [{ key, value: body, headers: { type } }] }),
    async consume(topic, groupId, handle) {
      consumer = kafka.consumer({
        groupId,
        sessionTimeout: 6000,
        heartbeatInterval: 300,
        maxWaitTimeInMs: 50,
      });
      const joined = new Promise((done) => consumer.on(consumer.events.GROUP_JOIN, done));
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: false });
      await consumer.run({
        eachMessage: ({ message }) =>
          handle({
            key: message.key?.toString(),
            type: message.headers.type?.toString(),
            body: message.value.toString(),
          }),
      });
      await joined;
    },
    async close() {
      await consumer?.disconnect();
      await producer.disconnect();
    },
  };
}
