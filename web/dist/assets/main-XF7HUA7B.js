import{a as m}from"./chunk-HSZBZ65C.js";import"./chunk-4NPFFA5H.js";import{d as o,x as e}from"./chunk-T257UW5V.js";var r=document.getElementById("app");r&&o(e(m,{}),r);
