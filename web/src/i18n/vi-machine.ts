/** Words of a room's machine: how it becomes the machine of a point, and its first page. */
export const viMachine = {
  pairing: {
    title: 'Ghép máy với điểm cầu',
    code: 'Mã ghép máy',
    hint: 'Gõ mã do kỹ thuật viên hoặc quản trị viên cấp, ví dụ K7M-2PQ9X. Mã dùng được một lần, trong 10 phút.',
    paired: 'Máy này đang là máy của {{point}}. Gõ mã khác nếu chuyển máy sang điểm cầu khác.',
    enter: 'Ghép máy',
    way: 'Ghép máy này với điểm cầu',
    needed: 'Máy này chưa được ghép với điểm cầu',
    neededText: 'Chỉ máy đã ghép mới vào phòng họp “{{title}}” thay mặt điểm cầu. Xin mã ghép máy của kỹ thuật viên rồi gõ tại đây; việc này chỉ làm một lần.',
  },
  machine: {
    next: 'Máy này tự vào cuộc họp khi tới giờ kết nối. Không cần thao tác gì.',
    none: 'Hôm nay điểm cầu này không còn cuộc họp nào.',
    away: 'Chưa tải được lịch họp. Trang này tự thử lại.',
    home: 'Lịch họp, giấy mời',
  },
};
