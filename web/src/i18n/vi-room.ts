/** Words of messages, papers and the help of a room's screen. */
export const viRoom = {
  chat: {
    title: 'Trao đổi',
    empty: 'Chưa có tin nhắn. Mọi điểm cầu đều đọc được, và tin nhắn được lưu trong hồ sơ cuộc họp.',
    write: 'Viết cho tất cả các điểm cầu',
    send: 'Gửi',
    left: 'Còn {{count}} ký tự',
    off: 'Người chủ trì đã tắt trao đổi bằng chữ.',
    turnOff: 'Tắt trao đổi',
    turnOn: 'Bật trao đổi',
    withdraw: 'Thu hồi',
    withdrawn: 'Tin nhắn đã được thu hồi',
    unread: '{{count}} tin chưa đọc',
    right: { 'chu-tri': 'Người chủ trì', 'thu-ky': 'Thư ký', 'ky-thuat-vien': 'Kỹ thuật viên' },
  },
};
