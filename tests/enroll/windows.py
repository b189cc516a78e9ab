"""What the windows of mail programs write around a mail sent on 11 March 2024 at 13:57, in thirteen languages.

Written by hand after what these programs are known to write, apart from the product's own tables: these are what
the product is tried on. They are no captured mails.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    language: str
    gmail: str  # how Gmail dates a printed mail and the head of a forwarded one
    gmail_head: str  # sender, date, subject, to
    gmail_mark: str
    count: str
    outlook_head: str
    outlook_date: str
    original: str  # the classic mark of Outlook
    apple_mark: str
    apple_head: str  # sender, subject, date, to
    apple_date: str
    thunderbird: str
    wrote: str  # around {who}


WINDOWS = (
    Window(
        "English",
        "Mon, Mar 11, 2024 at 1:57\u202fPM",
        "From Date Subject To",
        "Forwarded message",
        "1 message",
        "From Sent To Subject",
        "Monday, March 11, 2024 1:57 PM",
        "Original Message",
        "Begin forwarded message:",
        "From Subject Date To",
        "March 11, 2024 at 1:57:00 PM GMT+1",
        "Forwarded Message",
        "On Mon, Mar 11, 2024 at 1:57 PM {who} wrote:",
    ),
    Window(
        "German",
        "Mo., 11. März 2024 um 13:57 Uhr",
        "Von Date Subject To",
        "Forwarded message",
        "1 Nachricht",
        "Von Gesendet An Betreff",
        "Montag, 11. März 2024 13:57",
        "Ursprüngliche Nachricht",
        "Anfang der weitergeleiteten Nachricht:",
        "Von Betreff Datum An",
        "11. März 2024 um 13:57:00 MEZ",
        "Weitergeleitete Nachricht",
        "Am 11.03.24 um 13:57 schrieb {who}:",
    ),
    Window(
        "French",
        "lun. 11 mars 2024 à 13:57",
        "De Date Subject To",
        "Forwarded message",
        "1 message",
        "De Envoyé À Objet",
        "lundi 11 mars 2024 13:57",
        "Message d\u2019origine",
        "Début du message réexpédié\u00a0:",
        "De Objet Date À",
        "11 mars 2024 à 13:57:00 UTC+1",
        "Message transféré",
        "Le lun. 11 mars 2024 à 13:57, {who} a écrit\u00a0:",
    ),
    Window(
        "Spanish",
        "lun, 11 mar 2024 a la(s) 1:57\u202fp.m.",
        "De Date Subject To",
        "Forwarded message",
        "1 mensaje",
        "De Enviado Para Asunto",
        "lunes, 11 de marzo de 2024 13:57",
        "Mensaje original",
        "Inicio del mensaje reenviado:",
        "De Asunto Fecha Para",
        "11 de marzo de 2024, 13:57:00 CET",
        "Mensaje reenviado",
        "El lun, 11 mar 2024 a las 13:57, {who} escribió:",
    ),
    Window(
        "Italian",
        "lun 11 mar 2024 alle ore 13:57",
        "Da Date Subject To",
        "Forwarded message",
        "1 messaggio",
        "Da Inviato A Oggetto",
        "lunedì 11 marzo 2024 13:57",
        "Messaggio originale",
        "Inizio messaggio inoltrato:",
        "Da Oggetto Data A",
        "11 marzo 2024 alle ore 13:57:00 CET",
        "Messaggio inoltrato",
        "Il giorno lun 11 mar 2024 alle ore 13:57 {who} ha scritto:",
    ),
    Window(
        "Portuguese",
        "seg., 11 de mar. de 2024 às 13:57",
        "De Date Subject To",
        "Forwarded message",
        "1 mensagem",
        "De Enviado Para Assunto",
        "segunda-feira, 11 de março de 2024 13:57",
        "Mensagem original",
        "Início da mensagem encaminhada:",
        "De Assunto Data Para",
        "11 de março de 2024 às 13:57:00 CET",
        "Mensagem encaminhada",
        "Em seg., 11 de mar. de 2024 às 13:57, {who} escreveu:",
    ),
    Window(
        "Dutch",
        "ma 11 mrt 2024 om 13:57",
        "Van Date Subject To",
        "Forwarded message",
        "1 bericht",
        "Van Verzonden Aan Onderwerp",
        "maandag 11 maart 2024 13:57",
        "Oorspronkelijk bericht",
        "Begin doorgestuurd bericht:",
        "Van Onderwerp Datum Aan",
        "11 maart 2024 om 13:57:00 CET",
        "Doorgestuurd bericht",
        "Op 11-03-2024 om 13:57 schreef {who}:",
    ),
    Window(
        "Polish",
        "pon., 11 mar 2024 o 13:57",
        "Od Date Subject To",
        "Forwarded message",
        "1 wiadomość",
        "Od Wysłano Do Temat",
        "poniedziałek, 11 marca 2024 13:57",
        "Oryginalna wiadomość",
        "Początek przekazywanej wiadomości:",
        "Od Temat Data Do",
        "11 marca 2024 o 13:57:00 CET",
        "Przekazana wiadomość",
        "pon., 11 mar 2024 o 13:57 {who} napisał(a):",
    ),
    Window(
        "Swedish",
        "mån 11 mars 2024 kl 13:57",
        "Från Date Subject To",
        "Forwarded message",
        "1 meddelande",
        "Från Skickat Till Ämne",
        "den 11 mars 2024 13:57",
        "Ursprungligt meddelande",
        "Vidarebefordrat brev:",
        "Från Ämne Datum Till",
        "11 mars 2024 kl. 13:57:00 CET",
        "Vidarebefordrat meddelande",
        "Den 2024-03-11 kl. 13:57, skrev {who}:",
    ),
    Window(
        "Danish",
        "man. 11. mar. 2024 kl. 13.57",
        "Fra Date Subject To",
        "Forwarded message",
        "1 meddelelse",
        "Fra Sendt Til Emne",
        "11. marts 2024 13:57",
        "Oprindelig meddelelse",
        "Start på videresendt besked:",
        "Fra Emne Dato Til",
        "11. marts 2024 kl. 13.57.00 CET",
        "Videresendt meddelelse",
        "Den 11/03/2024 kl. 13.57 skrev {who}:",
    ),
    Window(
        "Japanese",
        "2024年3月11日(月) 13:57",
        "From Date Subject To",
        "Forwarded message",
        "1 件のメッセージ",
        "差出人 送信日時 宛先 件名",
        "2024年3月11日 13:57",
        "元のメッセージ",
        "転送されたメッセージ:",
        "差出人 件名 日付 宛先",
        "2024年3月11日 13:57:00 GMT+1",
        "転送メッセージ",
        "2024年3月11日(月) 13:57 {who}:",
    ),
    Window(
        "Chinese",
        "2024年3月11日周一 下午1:57",
        "发件人 Date Subject To",
        "Forwarded message",
        "1 封邮件",
        "发件人 发送时间 收件人 主题",
        "2024年3月11日 13:57",
        "邮件原件",
        "下面是被转发的邮件\uff1a",
        "发件人 主题 日期 收件人",
        "2024年3月11日 GMT+1 13:57:00",
        "转发的消息",
        "{who} 于2024年3月11日周一 13:57写道\uff1a",
    ),
    Window(
        "Korean",
        "2024년 3월 11일 (월) 오후 1:57",
        "보낸 사람|Date|Subject|To",
        "Forwarded message",
        "메일 1개",
        "보낸 사람|보낸 날짜|받는 사람|제목",
        "2024년 3월 11일 월요일 오후 1:57",
        "원본 메시지",
        "전달된 메시지:",
        "보낸 사람|제목|날짜|받는 사람",
        "2024. 3. 11. 오후 1:57:00 GMT+1",
        "전달된 메시지",
        "2024년 3월 11일 (월) 오후 1:57, {who}님이 작성:",
    ),
)


def names_of(head: str) -> list[str]:
    return head.split("|") if "|" in head else head.split()
