// One way to publish and to consume, whatever the broker; which it is shows in its address.
//
// publish(channel, {key, type, body})   resolves when the broker has it
// consume(channel, group, handle)       resolves when events come in; each is acknowledged after
//                                       handle({key, type, body}) has resolved, and comes again else
// close()

export async function connect(address) {
  const kind = /^amqps?:/.test(address) ? "rabbitmq" : /^https?:/.test(address) ? "sqs" : "kafka";
  const { connect } = await import(`./${kind}.js`);
  return connect(address);
}
