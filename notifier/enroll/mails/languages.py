"""The words that mail programs put around a mail, in the languages of their windows: data, nothing else.

Alternatives are divided by `|`; months and weekdays have one place for each, with their spellings divided by
blanks. Case does not matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """What a mail program writes in one language."""

    day_order: str
    """How 11/03/2024 is meant: `dmy`, `ymd` (the year never stands last), or nothing if both are usual."""
    months: str
    weekdays: str
    """From Monday."""
    sender: str
    sent: str
    to: str
    subject: str
    other: str
    """Lines of a head that count for nothing here, but belong to it."""
    marks: str
    """What announces a forwarded mail, without its dashes or colon."""
    wrote: str
    """The verb between a date, a name and a quotation."""
    messages: str
    """What the printed form of Gmail counts below the subject."""
    lead: str = ""
    """Words that may stand before or behind the weekday of a date."""


ENGLISH: Final = Language(
    day_order="",
    months="january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep"
    "|october oct|november nov|december dec",
    weekdays="monday mon|tuesday tues tue|wednesday wed|thursday thurs thu|friday fri|saturday sat|sunday sun",
    sender="from",
    sent="date|sent|sent on|sent at",
    to="to",
    subject="subject",
    other="cc|bcc|reply-to|reply to|mailed-by|signed-by|security|importance|attachments|organization|resent-from",
    marks="forwarded message|forwarded email|original message|original email|begin forwarded message"
    "|forwarded mail|original appointment",
    wrote="wrote",
    messages="message messages",
    lead="on",
)
GERMAN: Final = Language(
    day_order="dmy",
    months="januar jänner jan|februar feb|märz maerz mär mrz|april apr|mai|juni jun|juli jul|august aug"
    "|september sept sep|oktober okt|november nov|dezember dez",
    weekdays="montag mo|dienstag di|mittwoch mi|donnerstag do|freitag fr|samstag sonnabend sa|sonntag so",
    sender="von",
    sent="gesendet|gesendet am|datum",
    to="an",
    subject="betreff",
    other="kopie|kopie (cc)|cc|bcc|antwort an|antworten an|priorität|wichtigkeit|anlagen",
    marks="weitergeleitete nachricht|ursprüngliche nachricht|originalnachricht"
    "|anfang der weitergeleiteten nachricht|weitergeleitete e-mail",
    wrote="schrieb",
    messages="nachricht nachrichten",
    lead="am den der uhr",
)
FRENCH: Final = Language(
    day_order="dmy",
    months="janvier janv|février févr fév|mars|avril avr|mai|juin|juillet juil|août|septembre sept"
    "|octobre oct|novembre nov|décembre déc",
    weekdays="lundi lun|mardi mar|mercredi mer|jeudi jeu|vendredi ven|samedi sam|dimanche dim",
    sender="de|expéditeur",
    sent="date|envoyé|envoyé le",
    to="à|pour|destinataire",
    subject="objet|sujet",
    other="cc|cci|copie à|répondre à|importance|pièces jointes",
    marks="message transféré|message d'origine|message original|début du message réexpédié"
    "|début du message transféré|e-mail transféré|message transmis|message réexpédié",
    wrote="a écrit",
    messages="message messages",
    lead="le",
)
SPANISH: Final = Language(
    day_order="dmy",
    months="enero ene|febrero feb|marzo mar|abril abr|mayo may|junio jun|julio jul|agosto ago"
    "|septiembre setiembre sept sep set|octubre oct|noviembre nov|diciembre dic",
    weekdays="lunes lun|martes mar|miércoles mié|jueves jue|viernes vie|sábado sáb|domingo dom",
    sender="de",
    sent="fecha|enviado|enviado el",
    to="para|a",
    subject="asunto",
    other="cc|cco|responder a|importancia|datos adjuntos",
    marks="mensaje reenviado|mensaje original|inicio del mensaje reenviado|comienza el mensaje reenviado"
    "|correo reenviado",
    wrote="escribió",
    messages="mensaje mensajes",
    lead="el",
)
ITALIAN: Final = Language(
    day_order="dmy",
    months="gennaio gen|febbraio feb|marzo mar|aprile apr|maggio mag|giugno giu|luglio lug|agosto ago"
    "|settembre set|ottobre ott|novembre nov|dicembre dic",
    weekdays="lunedì lun|martedì mar|mercoledì mer|giovedì gio|venerdì ven|sabato sab|domenica dom",
    sender="da|mittente",
    sent="data|inviato|inviato il",
    to="a|destinatario",
    subject="oggetto",
    other="cc|ccn|rispondi a|priorità|allegati",
    marks="messaggio inoltrato|messaggio originale|inizio messaggio inoltrato|inizio del messaggio inoltrato",
    wrote="ha scritto",
    messages="messaggio messaggi",
    lead="il giorno",
)
PORTUGUESE: Final = Language(
    day_order="dmy",
    months="janeiro jan|fevereiro fev|março mar|abril abr|maio mai|junho jun|julho jul|agosto ago"
    "|setembro set|outubro out|novembro nov|dezembro dez",
    weekdays="segunda-feira segunda seg|terça-feira terça ter|quarta-feira quarta qua|quinta-feira quinta qui"
    "|sexta-feira sexta sex|sábado sáb|domingo dom",
    sender="de",
    sent="data|date|enviado|enviada|enviado em|enviada em",
    to="para",
    subject="assunto",
    other="cc|cco|bcc|responder a|responder para|prioridade|anexos",
    marks="mensagem encaminhada|mensagem reencaminhada|mensagem original|início da mensagem encaminhada"
    "|início da mensagem reencaminhada",
    wrote="escreveu",
    messages="mensagem mensagens",
    lead="em no dia",
)
DUTCH: Final = Language(
    day_order="dmy",
    months="januari jan|februari feb|maart mrt|april apr|mei|juni jun|juli jul|augustus aug|september sep"
    "|oktober okt|november nov|december dec",
    weekdays="maandag ma|dinsdag di|woensdag wo|donderdag do|vrijdag vr|zaterdag za|zondag zo",
    sender="van",
    sent="verzonden|datum|verzonden op",
    to="aan",
    subject="onderwerp|betreft",
    other="cc|bcc|antwoord aan|antwoorden aan|urgentie|bijlagen",
    marks="doorgestuurd bericht|oorspronkelijk bericht|begin doorgestuurd bericht|origineel bericht",
    wrote="schreef|geschreven",
    messages="bericht berichten",
    lead="op",
)
POLISH: Final = Language(
    day_order="dmy",
    months="stycznia styczeń sty|lutego luty lut|marca marzec mar|kwietnia kwiecień kwi|maja maj"
    "|czerwca czerwiec cze|lipca lipiec lip|sierpnia sierpień sie|września wrzesień wrz"
    "|października październik paź|listopada listopad lis|grudnia grudzień gru",
    weekdays="poniedziałek pon|wtorek wt|środa śr|czwartek czw|piątek pt|sobota sob|niedziela niedz nd",
    sender="od|nadawca",
    sent="data|wysłano|wysłane|date",
    to="do|adresat",
    subject="temat",
    other="dw|udw|cc|kopia|odpowiedz do|odpowiedź-do|ważność|załączniki",
    marks="przekazana wiadomość|wiadomość przekazana|wiadomość oryginalna|oryginalna wiadomość"
    "|początek przekazywanej wiadomości|początek przekazanej wiadomości|treść przekazanej wiadomości",
    wrote="napisał|napisała|pisze",
    messages="wiadomość wiadomości",
    lead="w dniu dnia r",
)
SWEDISH: Final = Language(
    day_order="dmy",
    months="januari jan|februari feb|mars mar|april apr|maj|juni jun|juli jul|augusti aug|september sep sept"
    "|oktober okt|november nov|december dec",
    weekdays="måndag mån|tisdag tis|onsdag ons|torsdag tors tor|fredag fre|lördag lör|söndag sön",
    sender="från",
    sent="skickat|datum",
    to="till",
    subject="ämne",
    other="kopia|hemlig kopia|svar till|svara till|prioritet|bilagor",
    marks="vidarebefordrat meddelande|ursprungligt meddelande|originalmeddelande|vidarebefordrat brev"
    "|börja vidarebefordrat meddelande|vidarebefordrat mejl",
    wrote="skrev",
    messages="meddelande meddelanden",
    lead="den",
)
DANISH: Final = Language(
    day_order="dmy",
    months="januar jan|februar feb|marts mar|april apr|maj|juni jun|juli jul|august aug|september sep sept"
    "|oktober okt|november nov|december dec",
    weekdays="mandag man|tirsdag tirs tir|onsdag ons|torsdag tors tor|fredag fre|lørdag lør|søndag søn",
    sender="fra",
    sent="sendt|dato",
    to="til",
    subject="emne",
    other="cc|bcc|svar til|prioritet|vedhæftede filer",
    marks="videresendt meddelelse|oprindelig meddelelse|videresendt besked|start på videresendt besked"
    "|start på videresendt meddelelse|den oprindelige meddelelse",
    wrote="skrev",
    messages="meddelelse meddelelser besked beskeder",
    lead="den d",
)
JAPANESE: Final = Language(
    day_order="ymd",
    months="",
    weekdays="月曜日 月|火曜日 火|水曜日 水|木曜日 木|金曜日 金|土曜日 土|日曜日 日",
    sender="差出人|送信者|送信元|from",
    sent="送信日時|日付|日時|送信日|date",
    to="宛先|送信先|to",
    subject="件名|subject",
    other="cc|bcc|返信先|重要度|添付ファイル",
    marks="転送メッセージ|転送されたメッセージ|転送されたメール|元のメッセージ|元のメール|転送したメッセージ|メッセージを転送",
    wrote="のメール|のメッセージ|は書きました|書きました|wrote",
    messages="件のメッセージ",
)
CHINESE: Final = Language(
    day_order="ymd",
    months="",
    weekdays="星期一 周一 週一|星期二 周二 週二|星期三 周三 週三|星期四 周四 週四|星期五 周五 週五"
    "|星期六 周六 週六|星期日 星期天 周日 週日",
    sender="发件人|寄件者|寄件人|发信人",
    sent="发送时间|发送日期|日期|时间|寄件日期|傳送日期|傳送時間|寄件時間|已发送",
    to="收件人|收件者",
    subject="主题|主旨|標題|主題",
    other="抄送|副本|密送|密件副本|回复|重要性|附件",
    marks="转发的邮件|转发邮件|已转发邮件|转发的消息|原始邮件|邮件原件|轉寄的郵件|轉寄郵件|原始郵件"
    "|下面是被转发的邮件|下面是被轉寄的郵件|开始转发的邮件|以下是轉寄的郵件",
    wrote="写道|寫道|写到",
    messages="封邮件 封郵件 个邮件 則郵件",
    lead="于 於 在",
)
KOREAN: Final = Language(
    day_order="ymd",
    months="",
    weekdays="월요일 월|화요일 화|수요일 수|목요일 목|금요일 금|토요일 토|일요일 일",
    sender="보낸 사람|보낸사람|발신",
    sent="보낸 날짜|보낸날짜|날짜|발신일",
    to="받는 사람|받는사람|수신",
    subject="제목",
    other="참조|숨은 참조|답장 받는 사람|중요도|첨부 파일",
    marks="전달된 메일|전달된 메시지|원본 메시지|원본 메일|전달된 메시지 시작|전달한 메시지",
    wrote="작성|님이 작성|썼습니다",
    messages="개의 메일 개의 메시지",
)
LANGUAGES: Final = (
    *(ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, POLISH, SWEDISH, DANISH),
    *(JAPANESE, CHINESE, KOREAN),
)
# Half days, before the hour where a date is written from the year down.
BEFORE_NOON: Final = ("上午", "午前", "오전", "凌晨", "早上")
AFTER_NOON: Final = ("下午", "午後", "오후", "中午", "晚上")


def words_in(choices: str) -> list[str]:
    """Return the alternatives of one field of a language."""
    return [word for word in choices.split("|") if word]


def numbered(places: str) -> Iterator[tuple[str, int]]:
    """Return each spelling of a month or a weekday with its number, from 1."""
    for number, spellings in enumerate(places.split("|") if places else (), 1):
        for spelling in spellings.split():
            yield spelling, number


# What mail programs put before the subject of a mail that forwards or answers another.
NOT_THE_ORIGINAL: Final = frozenset(
    words_in(
        "fw|fwd|wg|tr|rv|i|enc|pd|vb|vs|vl|doorst|videresend|转发|轉寄|转寄|전달|転送"
        "|re|aw|sv|antw|odp|ref|res|rif|r|回复|回覆|答复|회신|返信"
    )
)
