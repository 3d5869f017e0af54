"""A Linphone without a face: Debian's liblinphone, driven over ctypes by JSON lines.

usage: HOME=FOLDER/home python3 agent.py FOLDER      (FOLDER holds linphonerc; see home.ts)
       python3 agent.py --probe                      prints the library's version, or fails

Commands come on standard input, one JSON object a line; end of input means quit:
  {"do": "text", "to": URI, "text": ..., "tag": ...}   {"do": "read", "from": URI}   {"do": "compose", "to": URI}
  {"do": "again", "tag": ...}   (the same message once more, as a person would who sees that it was not delivered)
  {"do": "together", "with": URI}   (receipts for this peer may share one message)
  {"do": "register", "on": bool}   {"do": "network", "on": bool}   {"do": "quit"}
  and those of groups.py
With LINPHONE_LOG=FOLDER in the environment the library writes its own log there.
Events leave on standard output the same way, each with its name under "event".
"""
import ctypes
import ctypes.util
import json
import os
import queue
import sys
import threading
import time

from groups import Groups

POINTER, TEXT, INT, BOOL = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_ubyte

REGISTRATION = ['none', 'progress', 'ok', 'cleared', 'failed', 'refreshing']
# LinphoneChatMessageState. Its `delivered` means that a server took the message; the peer's receipts come after.
STATE = ['idle', 'in-progress', 'taken', 'not-delivered', 'file-error', 'file-done', 'delivered', 'displayed',
         'file-progress', 'pending-delivery']


def load():
    for name in ('liblinphone.so.10', ctypes.util.find_library('linphone')):
        if name:
            try:
                return ctypes.CDLL(name)
            except OSError:
                continue
    sys.exit('liblinphone is not installed')


library = load()


def function(name, result, *arguments):
    found = getattr(library, 'linphone_' + name)
    found.restype, found.argtypes = result, list(arguments)
    return found


version = function('core_get_version', TEXT)
if '--probe' in sys.argv:
    print(version().decode())
    sys.exit(0)

factory_get = function('factory_get', POINTER)
create_core = function('factory_create_core_3', POINTER, POINTER, TEXT, TEXT, POINTER)
create_core_listener = function('factory_create_core_cbs', POINTER, POINTER)
create_message_listener = function('factory_create_chat_message_cbs', POINTER, POINTER)
create_address = function('factory_create_address', POINTER, POINTER, TEXT)
start_core = function('core_start', INT, POINTER)
stop_core = function('core_stop', None, POINTER)
iterate = function('core_iterate', None, POINTER)
set_user_agent = function('core_set_user_agent', None, POINTER, TEXT, TEXT)
set_network = function('core_set_network_reachable', None, POINTER, BOOL)
add_core_listener = function('core_add_callbacks', None, POINTER, POINTER)
default_account = function('core_get_default_account', POINTER, POINTER)
find_room = function('core_get_chat_room', POINTER, POINTER, POINTER)
room_peer = function('chat_room_get_peer_address', POINTER, POINTER)
room_ref = function('chat_room_ref', POINTER, POINTER)
room_message = function('chat_room_create_message_from_utf8', POINTER, POINTER, TEXT)
room_read = function('chat_room_mark_as_read', None, POINTER)
room_compose = function('chat_room_compose', None, POINTER)
room_together = function('chat_room_allow_multipart', None, POINTER)
room_composing = function('chat_room_is_remote_composing', BOOL, POINTER)
message_ref = function('chat_message_ref', POINTER, POINTER)
message_send = function('chat_message_send', None, POINTER)
message_id = function('chat_message_get_message_id', TEXT, POINTER)
message_text = function('chat_message_get_utf8_text', TEXT, POINTER)
message_from = function('chat_message_get_from_address', POINTER, POINTER)
message_time = function('chat_message_get_time', ctypes.c_long, POINTER)
message_contents = function('chat_message_get_contents', POINTER, POINTER)
message_listen = function('chat_message_add_callbacks', None, POINTER, POINTER)
content_type = function('content_get_type', TEXT, POINTER)
content_subtype = function('content_get_subtype', TEXT, POINTER)
content_is_transfer = function('content_is_file_transfer', BOOL, POINTER)
content_name = function('content_get_name', TEXT, POINTER)
create_content = function('core_create_content', POINTER, POINTER)
set_content_type = function('content_set_type', None, POINTER, TEXT)
set_content_subtype = function('content_set_subtype', None, POINTER, TEXT)
set_content_name = function('content_set_name', None, POINTER, TEXT)
set_content_path = function('content_set_file_path', None, POINTER, TEXT)
set_content_size = function('content_set_size', None, POINTER, ctypes.c_size_t)
room_file_message = function('chat_room_create_file_transfer_message', POINTER, POINTER, POINTER)
message_download = function('chat_message_download_content', BOOL, POINTER, POINTER)
address_uri = function('address_as_string_uri_only', POINTER, POINTER)
account_params = function('account_get_params', POINTER, POINTER)
clone_params = function('account_params_clone', POINTER, POINTER)
params_register = function('account_params_enable_register', None, POINTER, BOOL)
set_params = function('account_set_params', INT, POINTER, POINTER)


class ListItem(ctypes.Structure):
    """bctbx_list_t: next, previous, data."""


ListItem._fields_ = [('next', ctypes.POINTER(ListItem)), ('previous', ctypes.POINTER(ListItem)), ('data', POINTER)]


def items(pointer):
    at = ctypes.cast(pointer, ctypes.POINTER(ListItem)) if pointer else None
    while at:
        yield at.contents.data
        at = at.contents.next


def decoded(raw):
    return (raw or b'').decode('utf-8', 'replace')


def uri(address):
    return decoded(ctypes.string_at(address_uri(address))) if address else ''


def named(names, number):
    return names[number] if 0 <= number < len(names) else str(number)


# Read before the loop takes over standard output: liblinphone itself prints there now and then.
events = os.fdopen(os.dup(1), 'w', encoding='utf-8', buffering=1)
os.dup2(2, 1)


def tell(event, **facts):
    events.write(json.dumps({'event': event, **facts}, ensure_ascii=False) + '\n')


RegistrationListener = ctypes.CFUNCTYPE(None, POINTER, POINTER, INT, TEXT)
MessageListener = ctypes.CFUNCTYPE(None, POINTER, POINTER, POINTER)
ComposingListener = ctypes.CFUNCTYPE(None, POINTER, POINTER)
StateListener = ctypes.CFUNCTYPE(None, POINTER, INT)

folder = os.path.abspath(sys.argv[1])
factory = factory_get()
# The library's own log would fill the pipe.
function('logging_service_set_log_level', None, POINTER, INT)(function('logging_service_get', POINTER)(), 32)
core = create_core(factory, os.path.join(folder, 'linphonerc').encode(), None, None)
set_user_agent(core, b'YanxinInterop', b'1')
if os.environ.get('LINPHONE_LOG'):
    log_folder = os.path.join(os.environ['LINPHONE_LOG'], os.path.basename(folder))
    os.makedirs(log_folder, exist_ok=True)
    function('core_set_log_collection_path', None, TEXT)(log_folder.encode())
    function('core_enable_log_collection', None, INT)(1)
    function('logging_service_set_log_level', None, POINTER, INT)(function('logging_service_get', POINTER)(), 2)

rooms = {}
tags = {}
kept_alive = []
offered = []


def room_of(peer):
    if peer not in rooms:
        rooms[peer] = room_ref(find_room(core, create_address(factory, peer.encode())))
    return rooms[peer]


def on_registration(_core, _account, state, words):
    tell('registration', state=named(REGISTRATION, state), words=decoded(words))


def on_message(_core, room, message):
    sender = uri(message_from(message))
    if not groups.has(room):
        rooms[sender] = room_ref(room)
    contents = list(items(message_contents(message)))
    for one in contents:
        if content_is_transfer(one):
            offered.append((message_ref(message), one))
    types = ['%s/%s' % (decoded(content_type(one)), decoded(content_subtype(one))) for one in contents]
    tell('received', **{'from': sender}, id=decoded(message_id(message)), text=decoded(message_text(message)),
         types=types, time=message_time(message), **({'group': groups.name(room)} if groups.has(room) else {}))


def on_composing(_core, room):
    tell('composing', peer=uri(room_peer(room)), active=bool(room_composing(room)))


def on_state(message, state):
    tell('state', tag=tags.get(message), id=decoded(message_id(message)), state=named(STATE, state))


on_state_native = StateListener(on_state)
natives = [
    ('core_cbs_set_account_registration_state_changed', RegistrationListener(on_registration)),
    ('core_cbs_set_message_received', MessageListener(on_message)),
    # What it cannot show is told by another callback; for a test it is a message like any other.
    ('core_cbs_set_message_received_unable_decrypt', MessageListener(on_message)),
    ('core_cbs_set_is_composing_received', ComposingListener(on_composing)),
]
core_listener = create_core_listener(factory)
for setter, native in natives:
    function(setter, None, POINTER, type(native))(core_listener, native)
add_core_listener(core, core_listener)


def send(to, text, tag):
    message = message_ref(room_message(room_of(to), text.encode()))
    follow(message, tag)
    message_send(message)


def send_file(to, path, kind, tag):
    content = create_content(core)
    set_content_type(content, kind.split('/')[0].encode())
    set_content_subtype(content, kind.split('/')[1].encode())
    set_content_name(content, os.path.basename(path).encode())
    set_content_path(content, path.encode())
    set_content_size(content, os.path.getsize(path))
    message = message_ref(room_file_message(room_of(to), content))
    follow(message, tag)
    message_send(message)


def download(path, tag):
    message, content = offered.pop(0)
    set_content_path(content, path.encode())
    follow(message, tag)
    message_download(message, content)


def follow(message, tag):
    tags[message] = tag
    listener = create_message_listener(factory)
    function('chat_message_cbs_set_msg_state_changed', None, POINTER, StateListener)(listener, on_state_native)
    message_listen(message, listener)
    kept_alive.append(listener)


def register(on):
    account = default_account(core)
    params = clone_params(account_params(account))
    params_register(params, on)
    set_params(account, params)


DO = {
    'text': lambda c: send(c['to'], c['text'], c.get('tag')),
    'file': lambda c: send_file(c['to'], c['path'], c['type'], c.get('tag')),
    'download': lambda c: download(c['path'], c.get('tag')),
    'again': lambda c: message_send(next(message for message, tag in tags.items() if tag == c['tag'])),
    'read': lambda c: room_read(room_of(c['from'])),
    'compose': lambda c: room_compose(room_of(c['to'])),
    'together': lambda c: room_together(room_of(c['with'])),
    'register': lambda c: register(1 if c['on'] else 0),
    'network': lambda c: set_network(core, 1 if c['on'] else 0),
}

groups = Groups(function, core, factory, items, uri, decoded, named, tell, follow)
groups.listen(core_listener)
DO.update(groups.commands())
commands = queue.Queue()


def read_commands():
    for line in sys.stdin:
        commands.put(json.loads(line))
    commands.put({'do': 'quit'})


result = start_core(core)
tell('started', version=decoded(version()), ok=result == 0)
threading.Thread(target=read_commands, daemon=True).start()
while True:
    # liblinphone has no descriptor to wait for: its core wants to be turned.
    iterate(core)
    groups.look()
    try:
        command = commands.get(timeout=0.005)
    except queue.Empty:
        continue
    if command['do'] == 'quit':
        break
    DO[command['do']](command)
    tell('done', do=command['do'])

stop_core(core)
tell('stopped')
events.flush()
# The library's threads may outlive its core.
os._exit(0)
