"""Publishes one message to orchestrator.job-submitted the way a foreign system does. Usage: publish_one.py <amqp uri>, with the message as JSON on stdin."""
import base64
import json
import sys

import pika

message = json.load(sys.stdin)
properties = pika.BasicProperties(
    content_type=message.get("content_type"), message_id=message.get("message_id"), user_id=message.get("user_id"), headers=message.get("headers"))
connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.confirm_delivery()
channel.basic_publish("orchestrator.job-submitted", "", base64.b64decode(message["body"]), properties, mandatory=True)
connection.close()
