"""Group chats for agent.py: the rooms of a Linphone that a conference factory serves (RFC 4579).

Commands: {"do": "group", "subject": ..., "members": [URI, ...]}   (makes one; its address comes with a `group` event)
  {"do": "group-text", "group": URI, "text": ..., "tag": ...}   {"do": "group-read", "group": URI}   {"do": "group-compose", "group": URI}
  {"do": "group-subject", "group": URI, "text": ...}   {"do": "group-add", "group": URI, "member": URI}
  {"do": "group-remove", "group": URI, "member": URI}   {"do": "group-admin", "group": URI, "member": URI, "on": bool}
  {"do": "group-leave", "group": URI}
Events: `group` whenever what is known of one has changed, and `member` when a member has got or read one of our messages.
"""
import ctypes

POINTER, TEXT, INT, BOOL = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_ubyte

# LinphoneChatRoomState.
ROOM = ['none', 'instantiated', 'creation-pending', 'created', 'creation-failed', 'termination-pending', 'terminated',
        'termination-failed', 'deleted']
# LinphoneChatRoomBackend FlexisipChat: a room that a server keeps.
BY_SERVER = 2
# LinphoneChatRoomCapabilities Conference: it has a focus.
HAS_FOCUS = 4


class Groups:
    """How to call the library (`function`), its core, and the helpers of agent.py."""

    def __init__(self, function, core, factory, items, uri, decoded, named, tell, follow):
        self.core, self.factory, self.follow = core, factory, follow
        self.items, self.uri, self.decoded, self.named, self.tell = items, uri, decoded, named, tell
        self.rooms, self.told, self.members_told, self.natives = [], {}, set(), []
        self.call = function
        get, one, two = function, (POINTER,), (POINTER, POINTER)
        self.address_of = get('factory_create_address', POINTER, POINTER, TEXT)
        self.same = get('address_weak_equal', BOOL, *two)
        self.account = get('core_get_default_account', POINTER, *one)
        self.account_params = get('account_get_params', POINTER, *one)
        self.identity = get('account_params_get_identity_address', POINTER, *one)
        self.room_params = get('core_create_default_chat_room_params', POINTER, *one)
        self.set_backend = get('chat_room_params_set_backend', None, POINTER, INT)
        self.set_group = get('chat_room_params_enable_group', None, POINTER, BOOL)
        self.set_encryption = get('chat_room_params_enable_encryption', None, POINTER, BOOL)
        self.set_params_subject = get('chat_room_params_set_subject', None, POINTER, TEXT)
        self.make_room = get('core_create_chat_room_6', POINTER, POINTER, POINTER, POINTER, POINTER)
        self.ref = get('chat_room_ref', POINTER, *one)
        self.capabilities = get('chat_room_get_capabilities', INT, *one)
        self.peer = get('chat_room_get_peer_address', POINTER, *one)
        self.conference = get('chat_room_get_conference_address', POINTER, *one)
        self.state = get('chat_room_get_state', INT, *one)
        self.subject = get('chat_room_get_subject', TEXT, *one)
        self.set_subject = get('chat_room_set_subject', None, POINTER, TEXT)
        self.participants = get('chat_room_get_participants', POINTER, *one)
        self.me = get('chat_room_get_me', POINTER, *one)
        self.is_left = get('chat_room_is_read_only', BOOL, *one)
        self.add_member = get('chat_room_add_participant', None, *two)
        self.remove_member = get('chat_room_remove_participant', None, *two)
        self.set_admin = get('chat_room_set_participant_admin_status', None, POINTER, POINTER, BOOL)
        self.leave = get('chat_room_leave', None, *one)
        self.mark_read = get('chat_room_mark_as_read', None, *one)
        self.compose = get('chat_room_compose', None, *one)
        self.member_address = get('participant_get_address', POINTER, *one)
        self.member_is_admin = get('participant_is_admin', BOOL, *one)
        self.message = get('chat_room_create_message_from_utf8', POINTER, POINTER, TEXT)
        self.message_ref = get('chat_message_ref', POINTER, *one)
        self.send = get('chat_message_send', None, *one)
        self.known_rooms = get('core_get_chat_rooms', POINTER, *one)
        self.all_in_state = get('chat_message_get_participants_by_imdn_state', POINTER, POINTER, INT)
        self.state_member = get('participant_imdn_state_get_participant', POINTER, *one)
        append = ctypes.CDLL('libbctoolbox.so.1').bctbx_list_append
        append.restype, append.argtypes = POINTER, [POINTER, POINTER]
        self.append = append
        self.sent = {}

    def commands(self):
        return {
            'group': self.make,
            'group-text': self.say,
            'group-read': lambda c: self.mark_read(self.room(c)),
            'group-compose': lambda c: self.compose(self.room(c)),
            'group-subject': lambda c: self.set_subject(self.room(c), c['text'].encode()),
            'group-add': lambda c: self.add_member(self.room(c), self.address(c['member'])),
            'group-remove': lambda c: self.remove_member(self.room(c), self.member(c)),
            'group-admin': lambda c: self.set_admin(self.room(c), self.member(c), 1 if c['on'] else 0),
            'group-leave': lambda c: self.leave(self.room(c)),
        }

    def listen(self, core_listener):
        """A room that could not be made is in no list."""
        kind = ctypes.CFUNCTYPE(None, POINTER, POINTER, INT)

        def on_state(_core, room, state):
            if self.has(room) and self.named(ROOM, state) == 'creation-failed':
                self.failed(self.decoded(self.subject(room)))

        native = kind(on_state)
        self.natives.append(native)
        self.call('core_cbs_set_chat_room_state_changed', None, POINTER, kind)(core_listener, native)

    def failed(self, subject):
        self.tell('group', group='', state='creation-failed', subject=subject, members=[], admin=False, left=False)

    def has(self, room):
        return bool(self.capabilities(room) & HAS_FOCUS)

    def address(self, text):
        return self.address_of(self.factory, text.encode())

    def name(self, room):
        return self.uri(self.conference(room)) or self.uri(self.peer(room))

    def room(self, command):
        for room in self.items(self.known_rooms(self.core)):
            if self.has(room) and self.name(room) == command['group']:
                return room
        raise KeyError('no room of ' + command['group'])

    def member(self, command):
        wanted = self.address(command['member'])
        return next(one for one in self.items(self.participants(self.room(command))) if self.same(self.member_address(one), wanted))

    def make(self, command):
        params = self.room_params(self.core)
        self.set_backend(params, BY_SERVER)
        self.set_group(params, 1)
        self.set_encryption(params, 0)
        self.set_params_subject(params, command['subject'].encode())
        members = None
        for one in command['members']:
            members = self.append(members, self.address(one))
        room = self.make_room(self.core, params, self.identity(self.account_params(self.account(self.core))), members)
        if not room:
            self.failed(command['subject'])

    def say(self, command):
        message = self.message_ref(self.message(self.room(command), command['text'].encode()))
        self.follow(message, command.get('tag'))
        self.sent[message] = command.get('tag')
        self.send(message)

    def look(self):
        """Tells what has changed since the last look."""
        for room in self.items(self.known_rooms(self.core)):
            if not self.has(room):
                continue
            members = [{'address': self.uri(self.member_address(one)), 'admin': bool(self.member_is_admin(one))}
                       for one in self.items(self.participants(room))]
            me = self.me(room)
            now = {'group': self.name(room), 'state': self.named(ROOM, self.state(room)), 'subject': self.decoded(self.subject(room)),
                   'members': sorted(members, key=lambda one: one['address']), 'admin': bool(me and self.member_is_admin(me)),
                   'left': bool(self.is_left(room))}
            if self.told.get(room) != now:
                self.told[room] = now
                self.tell('group', **now)
        for message, tag in self.sent.items():
            for state, word in ((6, 'delivered'), (7, 'displayed')):
                for one in self.items(self.all_in_state(message, state)):
                    fact = (tag, self.uri(self.member_address(self.state_member(one))), word)
                    if fact not in self.members_told:
                        self.members_told.add(fact)
                        self.tell('member', tag=tag, by=fact[1], state=word)
