/** Texts of the doors: trust in the bridge, passkeys, sessions. */
export const viDoors = {
  authority: {
    title: 'Cài chứng thư của cầu họp',
    none: 'Cầu họp này dùng chứng thư do đơn vị cấp. Máy không cần cài thêm gì.',
    why: 'Cầu họp này tự cấp chứng thư trong mạng nội bộ. Cài một lần trên mỗi máy để trình duyệt tin cậy cầu họp và cho phép dùng micro, camera.',
    fetch: 'Tải chứng thư (.crt)',
    print: 'Dấu vân tay SHA-256, có giá trị đến {{ends}}',
    compare: 'Trước khi cài, so dấu vân tay này với dấu vân tay cán bộ kỹ thuật của tỉnh cung cấp. Nếu khác một ký tự thì dừng lại và báo ngay.',
    windows: {
      name: 'Windows (Chrome, Edge)',
      steps: [
        'Mở tệp diemcau-ca.crt vừa tải, chọn “Install Certificate…”.',
        'Chọn “Local Machine” (cần quyền quản trị) hoặc “Current User”, bấm “Next”.',
        'Chọn “Place all certificates in the following store”, rồi “Trusted Root Certification Authorities”.',
        'Bấm “Finish”, đồng ý, đóng hẳn trình duyệt rồi mở lại.',
        'Nhiều máy trong miền: đưa tệp vào Group Policy, mục “Trusted Root Certification Authorities”.',
      ],
    },
    firefox: {
      name: 'Firefox',
      steps: [
        'Mở Cài đặt → Riêng tư & bảo mật → Chứng thư → “Xem chứng thư”.',
        'Trong thẻ “Nhà cung cấp chứng thư”, bấm “Nhập” và chọn tệp diemcau-ca.crt.',
        'Đánh dấu “Tin cậy để xác định các trang web”, bấm “OK”.',
      ],
    },
    android: {
      name: 'Android (Chrome)',
      steps: [
        'Tải tệp về máy. Mở Cài đặt → Bảo mật → Mã hóa & thông tin xác thực → “Cài đặt chứng chỉ” → “Chứng chỉ CA”.',
        'Xác nhận cảnh báo, nhập mã khóa màn hình và chọn tệp diemcau-ca.crt.',
        'Mở lại Chrome và vào địa chỉ cầu họp.',
      ],
    },
    linux: {
      name: 'Linux',
      steps: [
        'Chrome, Chromium: Cài đặt → Quyền riêng tư và bảo mật → Bảo mật → Quản lý chứng chỉ → nhập vào mục “Tổ chức cấp chứng chỉ”.',
        'Toàn máy: chép tệp (dạng PEM, data/ca/ca.crt trên máy chủ) vào /usr/local/share/ca-certificates rồi chạy update-ca-certificates.',
      ],
    },
  },
  doors: {
    account: 'Tài khoản của tôi',
    or: 'hoặc',
    byPasskey: 'Dùng khóa truy cập',
    proved: 'Đã xác nhận. Hãy đóng cửa sổ này và quay lại việc đang làm.',
    passkeys: 'Khóa truy cập',
    passkeysText: 'Khóa truy cập nằm trên máy, điện thoại hoặc khóa USB của bạn và mở bằng mã PIN, vân tay hay khuôn mặt. Dùng khóa này thì không cần mật khẩu và mã xác thực.',
    passkeysNot: 'Trình duyệt hoặc địa chỉ này không dùng được khóa truy cập: cần mở cầu họp bằng tên miền qua HTTPS.',
    device: 'Tên thiết bị',
    deviceHint: 'Ví dụ: Máy tính phòng thư ký',
    add: 'Thêm khóa truy cập',
    remove: 'Gỡ',
    made: 'Thêm ngày {{time}}',
    used: 'Dùng lần cuối {{time}}',
    neverUsed: 'Chưa dùng',
    recovery: 'Mã khôi phục',
    recoveryText: 'Ghi lại và cất nơi an toàn. Mỗi mã mở được một lần khi mất thiết bị; các mã này không hiện lại.',
    sessions: 'Nơi đang đăng nhập',
    this: 'máy này',
    seen: 'Hoạt động {{time}}',
    end: 'Kết thúc',
    endOthers: 'Kết thúc mọi phiên khác',
    prove: 'Xác nhận lại danh tính',
    confirm: 'Xác nhận',
  },
};
