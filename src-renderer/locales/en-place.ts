/** Places and contact cards. */
export const place = {
  kind: '[Location]',
  unnamed: 'Location', card: 'Location: {name}, {coordinates}',
  coordinates: '{latitude}, {longitude}', north: '{degrees} N', south: '{degrees} S', east: '{degrees} E', west: '{degrees} W',
  radius: 'within {distance}', away: '{distance} from here', howFar: 'How far?',
  open: 'Open in maps', in: { openstreetmap: 'OpenStreetMap', amap: 'Amap', program: 'This computer’s map program' },
  copy: 'Copy', copied: 'The coordinates are copied.',
  position: {
    asking: 'Finding out where you are …', denied: 'Your position is not allowed for Yanxin. It can be allowed in the settings of the browser or system.',
    unavailable: 'This computer does not know where it is.',
  },
  attach: 'Location', pick: 'Send a location', where: 'Where',
  whereHint: 'Coordinates, a geo: link, or a link copied from OpenStreetMap, Google, Apple or Amap.', example: '39.9042, 116.4074',
  empty: 'Say where: type coordinates, paste a link, or take your position.',
  unreadable: 'There is no place in that. Latitude comes first, as in 39.9042, 116.4074; short links have to be opened in a browser first.',
  here: 'My position', label: 'Name', labelHint: 'What the other side reads above it, for example an address. Optional.',
  noMap: 'A map is shown here once a tile server is named in the settings.', cancel: 'Cancel', send: 'Send', pickToAdd: 'Add a location', choose: 'Add',
  map: 'Map', mapKeys: 'Arrow keys move the map under the pin, plus and minus zoom.', nearer: 'Nearer', farther: 'Farther away',
  contact: {
    card: 'Contact: {name}', more: 'and {count} more in this file | and {count} more in this file', save: 'Save the card', saveOf: 'Save the card of {name}', write: 'Write to {to}',
    kind: { work: 'work', home: 'home', cell: 'mobile', fax: 'fax', main: 'main', car: 'car' },
    attach: 'Contact card', pick: 'Send a contact card', find: 'Whose card', own: 'Your own card', none: 'Nobody here is called so.',
  },
  server: {
    title: 'Map', label: 'Tile server',
    tells: 'Places are shown by their coordinates. With a server named here they are shown on a map as well: then that server learns, by the tiles it is asked for, which places you look at, and your internet address. Nothing else goes to it, and without one nothing is asked of anybody.',
    noAddress: 'It has to begin with https:// or http://.', lacks: 'It has to say where the numbers of a tile go: {parts} is missing.',
    save: 'Use it', none: 'No map',
  },
}
