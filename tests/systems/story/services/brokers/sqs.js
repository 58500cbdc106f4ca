// Each channel is a FIFO topic of SNS that feeds a FIFO queue of the same name; the key is the group.

import { randomUUID } from "node:crypto";

import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

const LOOK = 1; // seconds that a long poll waits

export async function connect(endpoint) {
  const settings = {
    endpoint,
    region: process.env.AWS_REGION ?? "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  const sqs = new SQSClient(settings);
  const sns = new SNSClient(settings);
  const topics = new Map();
  let open = true;

  async function urlOf(QueueName) {
    return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  }

  async function topicOf(name) {
    if (!topics.has(name)) {
      const QueueUrl = await urlOf(name);
      const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] });
      const { Attributes } = await sqs.send(asked);
      topics.set(name, Attributes.QueueArn.replace(":sqs:", ":sns:"));
    }
    return topics.get(name);
  }

  async function receive(QueueUrl, handle) {
    const asked = new ReceiveMessageCommand({
      QueueUrl,
      WaitTimeSeconds: LOOK,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["MessageGroupId"],
    });
    const { Messages = [] } = await sqs.send(asked);
    for (const { Attributes, Body, MessageAttributes, ReceiptHandle } of Messages) {
      const type = MessageAttributes?.type?.StringValue;
      await handle({ key: Attributes.MessageGroupId, type, body: Body });
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }

  return {
    async publish(name, { key, type, body }) {
      const event = new PublishCommand({
        TopicArn: await topicOf(name),
        Message: body,
        MessageGroupId: key,
        MessageDeduplicationId: randomUUID(),
        MessageAttributes: { type: { DataType: "String", StringValue: type } },
      });
      await sns.send(event);
    },
    async consume(name, _group, handle) {
      const url = await urlOf(name);
      (async () => {
        while (open) await receive(url, handle);
      })().catch((error) => {
        if (!open) return;
        console.error(`SQS: ${error.message}`);
        process.exit(1);
      });
    },
    async close() {
      open = false;
      sqs.destroy();
      sns.destroy();
    },
  };
}
