import { CreateTopicCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  DeleteMessageCommand,
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
  let open = true;
  return {
    async publish(name, { key, type, body }) {
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
      const text = (StringValue) => ({ DataType: "String", StringValue });
      const MessageAttributes = { key: text(key), type: text(type) };
      await sns.send(new PublishCommand({ TopicArn, Message: body, MessageAttributes }));
    },
    async consume(QueueName, _group, handle) {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
      (async () => {
        while (open) {
          const { Messages = [] } = await sqs.send(
            new ReceiveMessageCommand({
              QueueUrl,
              WaitTimeSeconds: LOOK,
              MessageAttributeNames: ["All"],
            }),
          );
          for (const { Body, MessageAttributes, ReceiptHandle } of Messages) {
            const { key, type } = MessageAttributes ?? {};
            await handle({ key: key?.StringValue, type: type?.StringValue, body: Body });
            await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
          }
        }
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
