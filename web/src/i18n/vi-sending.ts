/** Words of how papers are sent: who may read them, and when. */
export const viSending = {
  sending: {
    closed: 'Hạn chế người xem: tài liệu tải lên chưa gửi cho ai đến khi chọn người xem',
    late: 'Lý do gửi tài liệu muộn',
    accessOf: 'Người xem: {{name}}',
    scope: { 'tat-ca': 'Mọi người dự họp', 'cung-don-vi': 'Theo điểm cầu', 'dich-danh': 'Đích danh' },
    who: 'Người được xem',
    points: 'Điểm cầu, đơn vị',
    people: 'Họ tên',
    from: 'Xem từ ngày',
    until: 'Đến ngày',
    hour: 'Giờ: {{edge}}',
    hint: 'Để trống thời gian: xem được ngay và không giới hạn.',
    timed: 'có thời hạn',
    seen: { newest: 'Đã xem bản mới nhất', older: 'Mới xem bản trước' },
  },
  rehearsal: { title: 'Phiên chạy thử', day: 'Ngày chạy thử', plan: 'Đặt phiên chạy thử' },
};
