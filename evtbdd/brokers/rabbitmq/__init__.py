"""RabbitMQ, by AMQP 0-9-1 through pika, and by its management API where there is one."""
