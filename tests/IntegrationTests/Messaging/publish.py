"""Publishes to orchestrator.job-submitted the way a foreign system does. Usage: publish.py <amqp uri> <case>"""
import json
import sys

import pika

uri, case = sys.argv[1:3]
parameters = pika.URLParameters(uri)
login = parameters.credentials.username
snake = b'{"goal": "fix it", "project_id": "p"}'
camel = b'{"goal": "fix it", "projectId": "p"}'
envelope = json.dumps({
    "messageId": "7d0f0000-0000-0000-0000-000000000001",
    "messageType": ["urn:message:Company:JobSubmitted"],
    "message": {"goal": "fix it"},
    "responseAddress": "exchange:budget",
    "faultAddress": "exchange:budget",
}).encode()
structured = json.dumps({"specversion": "1.0", "id": "1", "type": "job", "source": "/ci", "data": {"goal": "fix it"}}).encode()
cases = {
    "plain": (snake, pika.BasicProperties()),
    "camel": (camel, pika.BasicProperties(content_type="application/json", user_id=login, message_id="not-a-guid")),
    "envelope": (envelope, pika.BasicProperties(content_type="application/vnd.masstransit+json")),
    "structured": (structured, pika.BasicProperties(content_type="application/cloudevents+json; charset=utf-8")),
    "binary": (snake, pika.BasicProperties(content_type="application/json", headers={"cloudEvents:id": "1", "cloudEvents:attempt": 3})),
    "garbage": (bytes(range(256)), pika.BasicProperties(content_type=";;; not a type", headers={"MT-Fault-Address": "exchange:budget"})),
    "empty": (b"", pika.BasicProperties()),
    "forged": (snake, pika.BasicProperties(user_id="somebody-else")),
}
body, properties = cases[case]
connection = pika.BlockingConnection(parameters)
channel = connection.channel()
channel.confirm_delivery()
channel.basic_publish("orchestrator.job-submitted", "any.routing.key", body, properties, mandatory=True)
connection.close()
