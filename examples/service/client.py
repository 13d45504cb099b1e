"""A conversation in a service room, as the service document describes it. See README.md."""

import os
import sys
import threading

import socketio

server = os.environ.get('URL', 'http://localhost:3000')
token = os.environ.get('TOKEN')
room_id = os.environ.get('ROOM', 'service_789')
if not token:
    sys.exit('TOKEN is missing: a JWT of the host platform.')

sio = socketio.Client()
seen = threading.Event()


@sio.on('room_joined')
def on_joined(data):
    print(f"room_joined: {data['room_id']}, {len(data['participants'])} participants", flush=True)


@sio.on('new_message')
def on_message(data):
    print(f"new_message: {data['sender']['name']}: {data['message']}", flush=True)
    seen.set()


@sio.on('message_error')
def on_error(data):
    print(f"message_error: {data['error_code']} {data['message']}", file=sys.stderr, flush=True)


sio.connect(server, auth={'token': token})
sio.emit('join_room', {'room_id': room_id})
sio.emit('send_message', {'room_id': room_id, 'message': 'Hello from Python!', 'message_type': 'text'})
arrived = seen.wait(10)
sio.disconnect()
sys.exit(0 if arrived else 1)
