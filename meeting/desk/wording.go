package desk

import (
	"strings"

	"diemcau/meeting"
	"diemcau/meeting/plan"
)

// language chooses from an Accept-Language header: Vietnamese unless English comes
// first (RFC 9110 section 12.5.4; weights are not looked at).
func language(header string) string {
	for part := range strings.SplitSeq(header, ",") {
		switch tag := strings.ToLower(strings.TrimSpace(part)); {
		case strings.HasPrefix(tag, "vi"):
			return "vi"
		case strings.HasPrefix(tag, "en"):
			return "en"
		}
	}
	return "vi"
}

// words are one text in both languages; {} stands for the detail of the refusal and
// [] for the name of its field.
type words struct{ vi, en string }

func (w words) in(lang string) string {
	if lang == "en" {
		return w.en
	}
	return w.vi
}

// say is the sentence of a refusal for people; "" for a code without one.
func say(lang string, code meeting.Code, field meeting.Field, detail string) string {
	w, ok := sentences[code]
	if !ok {
		return strings.TrimSpace(string(code) + " " + detail)
	}
	name := fieldName(lang, field)
	if name == "" {
		name = string(field)
	}
	text := strings.ReplaceAll(w.in(lang), "[]", name)
	return strings.TrimRight(strings.ReplaceAll(text, "{}", detail), " :")
}

// fieldName is the name of a field for people, or "".
func fieldName(lang string, f meeting.Field) string {
	if w, ok := fields[f]; ok {
		return w.in(lang)
	}
	if lang == "vi" {
		return plan.FieldName(f)
	}
	return ""
}

// fields are names of fields that forms show; those of a plan in Vietnamese are in
// the plan's own rules.
var fields = map[meeting.Field]words{
	"type":                {"Loại cuộc họp", "Type"},
	"title":               {"Tên cuộc họp", "Title"},
	"host":                {"Đơn vị chủ trì", "Host unit"},
	"chair":               {"Người chủ trì", "Chair"},
	"secretary":           {"Thư ký", "Secretary"},
	"main":                {"Điểm cầu chính", "Main point"},
	"points":              {"Điểm cầu thành phần (ít nhất 01)", "Component points (at least 1)"},
	"start":               {"Thời gian bắt đầu", "Start"},
	"end":                 {"Thời gian kết thúc", "End"},
	"agenda":              {"Chương trình (ít nhất 01 mục)", "Agenda (at least 1 item)"},
	"agenda.title":        {"Tên mục trong chương trình", "Title of an agenda item"},
	"secrecy":             {"Mức độ mật", "Secrecy level"},
	"technician":          {"Đầu mối kỹ thuật", "Technical contact"},
	"reason":              {"Lý do", "Reason"},
	"why":                 {"Lý do", "Reason"},
	"text":                {"Nội dung lý do", "Words of the reason"},
	"name":                {"Tên", "Name"},
	"size":                {"Dung lượng tệp", "Size of the file"},
	"id":                  {"Mã", "Code"},
	"parent":              {"Điểm cầu cấp trên", "Point above"},
	"kind":                {"Loại", "Kind"},
	"from":                {"Từ ngày", "From"},
	"until":               {"Đến ngày", "Until"},
	"into":                {"Nhập vào", "Merged into"},
	"item":                {"Mục chương trình", "Agenda item"},
	"point":               {"Điểm cầu", "Point"},
	"note":                {"Ghi chú", "Note"},
	"rule":                {"Quy tắc lặp", "Rule of recurrence"},
	"number":              {"Số văn bản", "Number"},
	"substitute.name":     {"Họ tên người dự thay", "Name of the substitute"},
	"substitute.position": {"Chức vụ người dự thay", "Position of the substitute"},
	"task.content":        {"Nội dung nhiệm vụ", "Content of the task"},
	"task.lead":           {"Đơn vị chủ trì thực hiện", "Lead unit"},
	"task.due":            {"Thời hạn hoàn thành", "Deadline"},
}

// sentences are what people read of each code.
var sentences = map[meeting.Code]words{
	meeting.CodeMissing:            {"Thiếu: []", "Missing: []"},
	meeting.CodeInvalid:            {"Không hợp lệ: []", "Not valid: []"},
	meeting.CodeUnknown:            {"Không tìm thấy {}", "Not found: {}"},
	meeting.CodeDuplicate:          {"Đã có: {}", "Exists already: {}"},
	meeting.CodeNoRight:            {"Bạn không có quyền thực hiện việc này", "You do not have the right to do this"},
	meeting.CodePast:               {"Không thể thay đổi quá khứ; sớm nhất từ ngày {}", "The past cannot be changed; not before {}"},
	meeting.CodeReason:             {"Cần ghi rõ lý do", "A reason is required"},
	meeting.CodeState:              {"Trạng thái hiện tại không cho phép: {}", "Not possible in the present state: {}"},
	meeting.CodeSecret:             {"Hệ thống này không được dùng cho cuộc họp có độ Mật, Tối mật, Tuyệt mật: đường truyền không được bảo vệ theo pháp luật về cơ yếu", "State secrets must not be carried: the line is not protected by the law on ciphers"},
	"recording.active":             {"Cuộc họp đang được ghi", "The meeting is being recorded already"},
	"recording.inactive":           {"Cuộc họp không được ghi", "The meeting is not being recorded"},
	"recording.encrypted":          {"Cuộc họp mã hóa đầu cuối, hệ thống không thể ghi", "The meeting is encrypted end to end: the bridge cannot record it"},
	"recording.rehearsal":          {"Phiên chạy thử không được ghi hình", "A test run is not recorded"},
	"recording.failed":             {"Không thể ghi; hãy kiểm tra ổ đĩa lưu trữ", "Recording failed; look at the disk of the archive"},
	"archive.no_captions":          {"Tệp không phải phụ đề WebVTT hoặc SRT, hoặc không có lời nào nằm trong bản ghi", "The file is neither WebVTT nor SRT, or none of its words lie within the recording"},
	"archive.withheld":             {"Nhật ký của bản ghi này có nội dung đã được cắt khỏi một bản ghi khác của cuộc họp", "The log of this recording tells what was cut out of another recording of the meeting"},
	"archive.no_bag":               {"Chỉ đóng gói được bản ghi đã niêm phong", "Only a sealed recording can be packed"},
	"archive.no_clip":              {"Chỉ trích được đoạn có bằng chứng từ bản ghi đã niêm phong và không mã hóa", "Only of a sealed recording that is not encrypted a clip with evidence can be taken"},
	"archive.no_key":               {"Bản ghi được mã hóa và máy chủ không có khóa", "The recording is encrypted and its key is not here"},
	"archive.changed":              {"Dữ liệu trên đĩa khác với lúc ghi", "What is on disk is not what was recorded"},
	"transcription.off":            {"Máy chủ chưa được cài chương trình nhận dạng tiếng nói", "This bridge has no program that writes down what is spoken"},
	"redaction.many":               {"Đang có quá nhiều bản lược bỏ chờ lập", "Too many redacted versions are waiting"},
	"redaction.no_space":           {"Ổ đĩa không còn chỗ để lập bản lược bỏ", "The disk has no room for a redacted version"},
	"redaction.of_version":         {"Đây là bản đã lược bỏ; hãy lập bản mới từ bản gốc", "This is a redacted version: have a new one made of the original"},
	"redaction.unsealed":           {"Bản ghi chưa kết thúc nên chưa lược bỏ được", "The recording has not ended: nothing can be left out of it yet"},
	"export.off":                   {"Máy chủ chưa được cài để xuất tệp", "This bridge has nothing to export with"},
	"export.many":                  {"Đang có quá nhiều tệp chờ xuất", "Too many exports are waiting"},
	"export.unready":               {"Tệp chưa xuất xong", "The file is not ready"},
	"recording.unsealed":           {"Bản ghi chưa kết thúc", "The recording has not ended"},
	"retention.forever":            {"Hồ sơ lưu trữ vĩnh viễn, không được hủy", "Kept for ever: it cannot be disposed of"},
	"retention.running":            {"Chưa hết thời hạn lưu trữ (đến hết ngày {})", "The retention period has not ended (until {})"},
	"retention.held":               {"Đang tạm dừng hủy", "Its disposal is on hold"},
	"disposal.same":                {"Người duyệt hủy phải là người khác với người đề nghị", "Somebody else than who proposed it must approve"},
	"disposal.done":                {"Đã hủy theo biên bản {}", "Disposed of by record {}"},
	"disposal.listed":              {"Đang nằm trong danh sách đề nghị hủy {}", "On another list already: {}"},
	"seen.invalid":                 {"Liên kết không đúng; hãy mở lại từ giấy mời", "The link is not valid; open it again from the invitation"},
	"seen.expired":                 {"Liên kết đã hết hạn", "The link has expired"},
	"mail.off":                     {"Chưa cấu hình máy chủ thư điện tử", "No mail server is configured"},
	"account.signed_out":           {"Bạn chưa đăng nhập", "You are not signed in"},
	"store.stale":                  {"Nội dung đã được người khác thay đổi; hãy tải lại", "Somebody else changed this first; load it again"},
	"precondition.required":        {"Thiếu tiêu đề If-Match: hãy tải lại rồi lưu", "If-Match is missing: load first, then save"},
	"idempotency.reused":           {"Idempotency-Key đã dùng cho một yêu cầu khác", "The Idempotency-Key was used for another request"},
	"idempotency.running":          {"Yêu cầu cùng Idempotency-Key chưa rõ kết quả", "The outcome of the request with this Idempotency-Key is not known"},
	"meeting.cancelled":            {"Cuộc họp đã hủy", "The meeting is cancelled"},
	"schedule.conflict":            {"Trùng lịch: {}", "Collides with: {}"},
	"papers.late":                  {"Đã quá hạn gửi {}; cần ghi rõ lý do", "The deadline {} is over; a reason is required"},
	"plan.too_long":                {"Cuộc họp dài hơn mức khuyến nghị {}", "Longer than advised: {}"},
	"plan.late":                    {"Đã quá hạn gửi giấy mời, tài liệu ({})", "The deadline of invitations and papers is over ({})"},
	"plan.no_seat":                 {"Không có trong danh bạ nên không mở được bàn điều khiển: {}", "Not in the directory, so no board can be opened: {}"},
	"plan.day_off":                 {"{} là ngày nghỉ", "{} is no working day"},
	"meeting.begun":                {"Cuộc họp đã bắt đầu, không thể đổi kế hoạch", "The meeting has begun; its plan cannot be changed"},
	"queue.already":                {"Đã có đăng ký của điểm cầu {}", "Registered already: {}"},
	"queue.full":                   {"Mỗi điểm cầu chỉ được có {} đăng ký phát biểu đang chờ", "At most {} requests of a point may wait"},
	"point.cycle":                  {"Điểm cầu không thể nằm dưới chính nó", "A point cannot stand below itself"},
	"point.has_children":           {"Còn điểm cầu trực thuộc {}", "Points still stand below {}"},
	"paper.out_of_scope":           {"Tài liệu không gửi cho bạn", "The paper is not for you"},
	"paper.outside_window":         {"Ngoài thời gian được xem tài liệu", "Outside the viewing window of the paper"},
	"paper.recalled":               {"Tài liệu đã được thu hồi", "The paper was recalled"},
	"paper.type":                   {"Loại tệp không được nhận; chỉ nhận: {}", "The type of the file is not accepted; accepted are: {}"},
	"paper.size":                   {"Tệp quá lớn hoặc rỗng; tối đa {}", "The file is too large or empty; at most {}"},
	"paper.full":                   {"Cuộc họp đã đủ tài liệu; tối đa {}", "The meeting has all the papers it may have; at most {}"},
	"paper.no_room":                {"Máy chủ chỉ còn phần đĩa dự trữ cho cuộc họp và bản ghi; chưa nhận thêm tài liệu", "The server has only the room left that meetings and recordings need; no paper is taken"},
	"paper.name":                   {"Tên tệp không được chứa đường dẫn hoặc ký tự điều khiển", "The name of a file must hold no path and no control characters"},
	"minutes.signed":               {"Biên bản đã trình ký hoặc đã ký, không thể sửa", "The minutes are submitted or signed and cannot be changed"},
	"minutes.number_taken":         {"Số đã được cấp cho văn bản khác ({})", "The number is taken ({})"},
	"meeting.full":                 {"Cuộc họp đã đủ số điểm cầu", "The meeting has as many points as it may"},
	"meeting.locked":               {"Phòng họp đã khóa", "The meeting is locked"},
	"meeting.closed":               {"Cuộc họp đã bế mạc", "The meeting is closed"},
	"machine.ended":                {"Máy hoặc phiên đăng nhập này đã bị kết thúc", "The pairing of this machine or this sign-in was ended"},
	"guest.refused":                {"Khách chưa được hoặc không còn được vào phòng họp", "The guest is not let in, or no longer"},
	"point.banned":                 {"Điểm cầu {} đã bị ngắt kết nối", "The point {} was disconnected"},
	"point.not_in_meeting":         {"Điểm cầu {} không thuộc thành phần cuộc họp", "{} is no point of the meeting"},
	"point.not_joined":             {"Điểm cầu {} chưa kết nối", "The point {} is not connected"},
	"floor.none":                   {"Không có điểm cầu nào đang phát biểu", "Nobody has the floor"},
	"secrecy.restricted":           {"Không được thực hiện với cuộc họp lưu hành nội bộ", "Not for a meeting of internal use"},
	"vote.open":                    {"Đang có biểu quyết chưa đóng", "A vote is open"},
	"vote.not_open":                {"Biểu quyết chưa mở hoặc đã đóng", "The vote is not open"},
	"vote.already_cast":            {"Đã biểu quyết, không được thay đổi", "The vote was cast and cannot be changed"},
	"vote.not_eligible":            {"Không có quyền biểu quyết", "Not on the list of who may vote"},
	"vote.not_present":             {"Không có mặt khi mở biểu quyết", "Not present when the vote was opened"},
	"vote.more_than_present":       {"Tổng số vượt quá số người có mặt ({})", "More than are present ({})"},
	"vote.wrong_form":              {"Hình thức biểu quyết không đúng", "The vote is taken in another form"},
	"vote.no_quorum":               {"Chưa đủ số người dự theo quy định ({}); cần người chủ trì xác nhận bằng chữ", "No quorum ({}): the chair must confirm in writing"},
	"vote.counts_unconfirmed":      {"Thư ký chưa xác nhận kết quả của {}", "The secretary has not confirmed the counts of {}"},
	"act.too_fast":                 {"Thao tác quá nhanh; hãy chờ giây lát", "Too many acts at once; wait a moment"},
	"chat.off":                     {"Người chủ trì đã tắt trao đổi bằng chữ", "Messages are switched off"},
	"chat.too_fast":                {"Gửi quá nhanh; hãy chờ vài giây", "Too many messages; wait a few seconds"},
	"chat.full":                    {"Cuộc họp đã đủ số tin nhắn được lưu", "The meeting keeps no more messages"},
	"store.unavailable":            {"Chưa ghi được vào cơ sở dữ liệu; việc này chưa có hiệu lực", "It could not be written down and has not happened"},
	meeting.Code(UnknownRoom):      {"Không có cuộc họp này", "There is no such meeting"},
	meeting.Code(WrongCredentials): {"Sai tên đăng nhập hoặc mật khẩu", "Wrong user or password"},
	meeting.Code(PointRequired):    {"Thiếu tên điểm cầu hoặc tên không hiển thị được", "The name of the point is missing or cannot be shown"},
	meeting.Code(TooManyAttempts):  {"Nhập sai mật khẩu quá nhiều lần", "Too many wrong passwords"},
	meeting.Code(InvalidRequest):   {"Yêu cầu không hợp lệ", "The request is not valid"},
	meeting.Code(NoDemo):           {"Hệ thống không có dữ liệu mẫu", "This bridge has no sample data"},
	meeting.Code(Internal):         {"Lỗi nội bộ", "Internal error"},
}
